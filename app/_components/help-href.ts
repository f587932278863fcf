/** Help on findings, in the words of this institution; `code` is the finding that is asked about. */
export const helpHref = (institution: string, code?: string): string =>
  `/help/codes${code === undefined ? "" : `/${code}`}?of=${encodeURIComponent(institution)}`;
