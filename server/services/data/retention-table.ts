/** What expires, and for how long it is kept where nobody says otherwise; in days (SECURITY §F). */
interface Kept {
  readonly label: string;
  /** What goes and what stays, in a sentence. */
  readonly help: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

export const RETENTION = {
  filesDays: {
    label: "Files of deliveries",
    help: "Sealed files. The newest full list of each feed and what came after it stay, and so does what a waiting plan reads.",
    default: 30,
    min: 1,
    max: 365,
  },
  detailDays: {
    label: "Findings and logs of runs",
    help: "Findings, choices and reasons of ended runs. Counts stay, and so does everything of the last commit.",
    default: 400,
    min: 30,
    max: 2_555,
  },
  historyDays: {
    label: "Earlier versions of records",
    help: "What a record said before it was changed. A commit of which they are gone cannot be undone; the last one always can.",
    default: 400,
    min: 30,
    max: 2_555,
  },
  mailDays: {
    label: "Mails",
    help: "What was written to your people, with their addresses.",
    default: 90,
    min: 7,
    max: 400,
  },
} as const satisfies Record<string, Kept>;

export type RetentionKey = keyof typeof RETENTION;
export type RetentionDays = Readonly<Record<RetentionKey, number>>;

/** `Object.keys` forgets the keys' type; those of a constant table are exactly these. */
export const retentionKeys = (): RetentionKey[] => Object.keys(RETENTION) as RetentionKey[];
