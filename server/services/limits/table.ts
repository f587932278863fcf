import { DEFAULT_LIMITS } from "@/server/roster/guard";
import { RETENTION, type RetentionKey } from "@/server/services/data/retention-table";
import { LIMITS } from "@/server/sources/lib/limits";

/** One limit of an institution: what it says, what holds where staff set nothing, and how far staff may go. */
interface Limit {
  readonly label: string;
  /** What it stops, in a sentence. */
  readonly help: string;
  readonly unit: "rows" | "files" | "MB" | "runs" | "%" | "mails" | "days";
  /** How many of the stored unit one of the shown unit is. */
  readonly per: number;
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

const MEGABYTE = 1024 ** 2;

/** How many environments an institution has, and so how many of its runs can work at once. */
const ENVIRONMENTS_OF_ONE = 2;

/** A ceiling over what a feed says for itself; without one a feed may let everything pass. */
const shareHeld = (label: string, ofFeed: number): Limit => ({
  label,
  help: `A feed holds at ${ofFeed} % unless it says otherwise; it may hold earlier than this limit, never later.`,
  unit: "%",
  per: 1,
  default: 100,
  min: 0,
  max: 100,
});

/** A ceiling over how long an institution chooses to keep something; without one it may choose up to the deployment's own. */
const keptAtMost = (key: RetentionKey): Limit => ({
  label: `${RETENTION[key].label}: kept at most`,
  help: `Kept ${RETENTION[key].default} days unless the institution says otherwise.`,
  unit: "days",
  per: 1,
  default: RETENTION[key].max,
  min: RETENTION[key].min,
  max: RETENTION[key].max,
});

/** Every limit that staff may set for one institution; a deployment's own limits (SECURITY §F) are never passed. */
export const INSTITUTION_LIMITS = {
  rowsMax: {
    label: "Rows of one file",
    help: "A file with more is refused when its plan is prepared.",
    unit: "rows",
    per: 1,
    default: LIMITS.rowsMax,
    min: 1,
    max: LIMITS.rowsMax,
  },
  filesMax: {
    label: "Files of one delivery",
    help: "Counted before a delivery begins, and again when a zip was unpacked.",
    unit: "files",
    per: 1,
    default: LIMITS.zipEntriesMax,
    min: 1,
    max: LIMITS.zipEntriesMax,
  },
  fileBytesMax: {
    label: "Size of one file",
    help: "Of a file as it is sent, and of each file of a zip as it unpacks.",
    unit: "MB",
    per: MEGABYTE,
    default: LIMITS.fileBytesMax,
    min: MEGABYTE,
    max: LIMITS.fileBytesMax,
  },
  runsMax: {
    label: "Runs at work at once",
    help: "In both environments together; each works on one run at a time.",
    unit: "runs",
    per: 1,
    default: ENVIRONMENTS_OF_ONE,
    min: 1,
    max: ENVIRONMENTS_OF_ONE,
  },
  archivePercent: shareHeld("Hold when more would be archived than", DEFAULT_LIMITS.archivePercent),
  editPercent: shareHeld("Hold when more would be edited than", DEFAULT_LIMITS.editPercent),
  errorPercent: shareHeld("Hold when more of a file is in error than", DEFAULT_LIMITS.errorPercent),
  filesDaysMax: keptAtMost("filesDays"),
  detailDaysMax: keptAtMost("detailDays"),
  historyDaysMax: keptAtMost("historyDays"),
  mailDaysMax: keptAtMost("mailDays"),
  mailsPerHour: {
    label: "Welcome mails an hour",
    help: "Handed to the mail server for this institution's new people; waves wait for the next hour. 0 sends none.",
    unit: "mails",
    per: 1,
    default: 2_000,
    min: 0,
    max: 20_000,
  },
} as const satisfies Record<string, Limit>;

export type LimitKey = keyof typeof INSTITUTION_LIMITS;
/** The limits that hold for an institution, in the units in which they are stored. */
export type InstitutionLimits = Readonly<Record<LimitKey, number>>;

/** `Object.keys` forgets the keys' type; those of a constant table are exactly these. */
export const limitKeys = (): LimitKey[] => Object.keys(INSTITUTION_LIMITS) as LimitKey[];
