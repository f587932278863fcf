/** What a mail about a run says. Counts and names of institutions and schools only: never a person's (SCREENS A6). */
export interface RunNotice {
  readonly environment: "preview" | "production";
  readonly institution: string;
  /** The number by which people know the run. */
  readonly run: number;
  /** When it was prepared or ended, in the institution's zone, with the zone's name. */
  readonly at: string;
  readonly actions: readonly ActionCount[];
  /** Changes that were or are left out. */
  readonly leftOff: number;
  /** What deserves the first look: causes of a hold, or why it failed. Sentences. */
  readonly lookFirst: readonly string[];
  /** The report. It asks for a sign-in and has no power of its own. */
  readonly url: string;
  /** The reader's role, with its article: "an owner". */
  readonly role: string;
  /** Where one press ends mails of this kind; null: this reader has to get them. */
  readonly stopUrl: string | null;
}

export interface ActionCount {
  readonly action: "add" | "edit" | "archive" | "reactivate" | "rekey";
  readonly count: number;
  /** By kind, the largest first: "179 students, 30 classes". */
  readonly parts: readonly string[];
}

const figures = new Intl.NumberFormat("en-US");
export const figure = (n: number): string => figures.format(n);

/** "1 change", "412 changes". */
export const changes = (n: number): string => `${figure(n)} ${n === 1 ? "change" : "changes"}`;
export const totalOf = (notice: RunNotice): number => notice.actions.reduce((sum, one) => sum + one.count, 0);
export const environmentWord = (notice: RunNotice): string => (notice.environment === "preview" ? "Preview" : "Production");

export const ACTION_SIGNS: Record<ActionCount["action"], { glyph: string; title: string; done: string }> = {
  add: { glyph: "+", title: "Added", done: "added" },
  edit: { glyph: "~", title: "Edited", done: "edited" },
  archive: { glyph: "−", title: "Archived, never erased", done: "archived" },
  reactivate: { glyph: "↺", title: "Reactivated", done: "reactivated" },
  rekey: { glyph: "⇄", title: "Re-keyed", done: "re-keyed" },
};

/** "209 added, 148 edited, 52 archived". */
export const sumOf = (notice: RunNotice): string =>
  notice.actions.map((one) => `${figure(one.count)} ${ACTION_SIGNS[one.action].done}`).join(", ");
