import { DEFAULT_LIMITS } from "./guard";

/** The four groups of the options, in the order in which they are shown. */
export const OPTION_GROUPS = [
  { key: "sync", label: "What to sync" },
  { key: "matching", label: "Matching" },
  { key: "fields", label: "Field rules" },
  { key: "delivery", label: "Delivery" },
] as const;
type OptionGroup = (typeof OPTION_GROUPS)[number]["key"];

export type OptionValue = string | number | boolean;

/**
 * What an option may be.
 * `choice`: one of `choices`, by its value. `number`: whole, `min` to `max`. `switch`: on or off.
 */
export type OptionType =
  | { readonly kind: "choice"; readonly choices: readonly { readonly value: string; readonly label: string }[] }
  | { readonly kind: "number"; readonly min: number; readonly max: number; readonly unit: string }
  | { readonly kind: "switch" };

/** A version of a feed's settings, as it is stored. */
export interface StoredSettings {
  readonly reading: {
    readonly modes: Readonly<Record<string, "bulk" | "delta">>;
    readonly encoding: string | null;
    readonly dateOrder: "MDY" | "DMY" | null;
  };
  readonly limits: Readonly<Record<string, unknown>>;
  /** Whether people whom Production newly holds are written to. */
  readonly mails: { readonly welcome?: boolean };
}

/** One option. `stored` is what a version of the settings says of it, or null where it says nothing and the default holds. */
interface Option {
  readonly group: OptionGroup;
  readonly label: string;
  /** What it does, in one or two sentences. */
  readonly help: string;
  readonly type: OptionType;
  readonly default: OptionValue;
  stored(settings: StoredSettings): OptionValue | null;
  /** The settings with this value. It was checked before (`isOptionValue`). */
  with(settings: StoredSettings, value: OptionValue): StoredSettings;
}

const limit = (name: keyof typeof DEFAULT_LIMITS): Pick<Option, "default" | "stored" | "with"> => ({
  default: DEFAULT_LIMITS[name],
  stored: ({ limits }) => (typeof limits[name] === "number" ? limits[name] : null),
  with: (settings, value) => ({ ...settings, limits: { ...settings.limits, [name]: value } }),
});

const percent: OptionType = { kind: "number", min: 0, max: 100, unit: "%" };

/**
 * Every option that there is, once. A source names those that it has, with its own defaults (`Source.options`); the pages draw
 * them from here, so a new option is an entry here and a word in the sources that have it.
 */
export const OPTIONS = {
  fileMode: {
    group: "sync",
    label: "A file that does not say what it is",
    help: "A full list may archive who is missing from it; a list of changes never does. What was said of a single file is replaced by what is chosen here.",
    type: {
      kind: "choice",
      choices: [
        { value: "ask", label: "Ask when it cannot be told" },
        { value: "bulk", label: "Always the full list" },
        { value: "delta", label: "Always changes only" },
      ],
    },
    default: "ask",
    stored: ({ reading }) => reading.modes["*"] ?? null,
    with: (settings, value) => {
      const modes: StoredSettings["reading"]["modes"] = value === "bulk" || value === "delta" ? { "*": value } : {};
      return { ...settings, reading: { ...settings.reading, modes } };
    },
  },
  dateOrder: {
    group: "fields",
    label: "A date with slashes, such as 03/04/2027",
    help: "Dates written as 2027-03-04 are read the same way under both.",
    type: {
      kind: "choice",
      choices: [
        { value: "MDY", label: "Month first: 4 March 2027" },
        { value: "DMY", label: "Day first: 3 April 2027" },
      ],
    },
    default: "MDY",
    stored: ({ reading }) => reading.dateOrder,
    with: (settings, value) => ({ ...settings, reading: { ...settings.reading, dateOrder: value === "DMY" ? "DMY" : "MDY" } }),
  },
  encoding: {
    group: "fields",
    label: "Characters of files that are not Unicode",
    help: "Files that are Unicode are read as such whatever stands here. Choose another one only when names with accents were refused.",
    type: {
      kind: "choice",
      choices: [
        { value: "unicode", label: "Refuse them" },
        { value: "windows-1252", label: "Windows, Western European (1252)" },
        { value: "windows-1250", label: "Windows, Central European (1250)" },
        { value: "windows-1251", label: "Windows, Cyrillic (1251)" },
        { value: "iso-8859-15", label: "ISO 8859-15, Western European" },
        { value: "macroman", label: "Macintosh, Western European" },
      ],
    },
    default: "unicode",
    stored: ({ reading }) => reading.encoding,
    with: (settings, value) => {
      const encoding = typeof value === "string" && value !== "unicode" ? value : null;
      return { ...settings, reading: { ...settings.reading, encoding } };
    },
  },
  archivePercent: {
    group: "delivery",
    label: "Hold when more than this share would be archived",
    help: "Counted for each kind of record and for each school. A share of exactly this much passes.",
    type: percent,
    ...limit("archivePercent"),
  },
  editPercent: {
    group: "delivery",
    label: "Hold when more than this share would be edited",
    help: "Counted for each kind of record; a changed key counts as an edit.",
    type: percent,
    ...limit("editPercent"),
  },
  errorPercent: {
    group: "delivery",
    label: "Hold when more than this share of a file is in error",
    help: "Rows in error are left out and count as present: nobody is archived for them.",
    type: percent,
    ...limit("errorPercent"),
  },
  rowsMin: {
    group: "delivery",
    label: "Never hold for fewer rows than",
    help: "Small numbers make large shares. A kind of record that would be emptied is held whatever stands here.",
    type: { kind: "number", min: 0, max: 10_000, unit: "rows" },
    ...limit("rowsMin"),
  },
  welcomeMails: {
    group: "delivery",
    label: "Write a welcome mail to people who are new",
    help: "At each commit in Production, once ever to each person, in waves. Preview only counts them and sends nothing.",
    type: { kind: "switch" },
    default: false,
    stored: ({ mails }) => mails.welcome ?? null,
    with: (settings, value) => ({ ...settings, mails: { welcome: value === true } }),
  },
} as const satisfies Record<string, Option>;
export type OptionKey = keyof typeof OPTIONS;

/** The options that a source has, each with its default there. */
export type OptionDefaults = { readonly [key in OptionKey]?: OptionValue };

/** An option of one feed, ready to be shown. */
export interface OptionLine {
  readonly key: OptionKey;
  readonly group: OptionGroup;
  readonly label: string;
  readonly help: string;
  readonly type: OptionType;
  readonly default: OptionValue;
  readonly value: OptionValue;
  readonly isDefault: boolean;
}

/** The options of a feed, as the table has them; those that its source lacks are not among them. */
export function optionLines(defaults: OptionDefaults, settings: StoredSettings): OptionLine[] {
  return optionKeys(defaults).map((key) => {
    const option: Option = OPTIONS[key];
    const standard = defaults[key] ?? option.default;
    const value = option.stored(settings) ?? standard;
    const { group, label, help, type } = option;
    return { key, group, label, help, type, default: standard, value, isDefault: value === standard };
  });
}

/** The keys that a source has, in the order of the table. */
export function optionKeys(defaults: OptionDefaults): OptionKey[] {
  return allKeys().filter((key) => defaults[key] !== undefined);
}

/** Whether a value that came from outside may stand for this option. */
export function isOptionValue(key: OptionKey, value: unknown): value is OptionValue {
  const type = typeOf(key);
  switch (type.kind) {
    case "choice":
      return type.choices.some((choice) => choice.value === value);
    case "number":
      return typeof value === "number" && Number.isInteger(value) && value >= type.min && value <= type.max;
    case "switch":
      return typeof value === "boolean";
    default:
      return type satisfies never;
  }
}

const typeOf = (key: OptionKey): OptionType => OPTIONS[key].type;

/** The settings with some options set anew; the others stay as they were. */
export function withOptions(settings: StoredSettings, values: { readonly [key in OptionKey]?: OptionValue }): StoredSettings {
  return allKeys().reduce((so, key) => {
    const value = values[key];
    return value === undefined ? so : OPTIONS[key].with(so, value);
  }, settings);
}

/** `Object.keys` forgets the keys' type; those of a constant table are exactly these. */
const allKeys = (): OptionKey[] => Object.keys(OPTIONS) as OptionKey[];
