/** The help on findings, or on one of them; in the words of this institution where one is named. */
export const helpHref = (institution: string | null, code?: string): string =>
  `/help/codes${code === undefined ? "" : `/${code}`}${institution === null ? "" : `?of=${encodeURIComponent(institution)}`}`;
