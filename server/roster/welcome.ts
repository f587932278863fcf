/** What a welcome mail says and when a batch of them waits for a person. */

/** Whom it may go to: people by their primary role, as reports split them. */
export const WELCOME_PARTS = ["students", "teachers", "others"] as const;

/** The words that stand for somebody or something, as `{{given name}}`. There is none for a password: Rollcall has none. */
export const PLACEHOLDERS = ["given name", "name", "user name", "institution", "link"] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];
/** What they stand for in one mail; null: this person has none. */
export type WelcomeWords = Readonly<Record<Placeholder, string | null>>;

export const SUBJECT_MAX = 120;
export const BODY_MAX = 4_000;

export const DEFAULT_WORDS = {
  subject: "Your account at {{institution}}",
  body: [
    "Hello {{given name}},",
    "",
    "{{institution}} has set up an account for you.",
    "Your user name is {{user name}}",
    "",
    "{{link}}",
    "",
    "This mail holds no password. Sign in the way {{institution}} told you, and ask there if you need help.",
  ].join("\n"),
} as const;

const PATTERN = /\{\{([^{}]*)\}\}/g;

/** What is wrong with words that a person typed, in a sentence each; empty: nothing. */
export function faultsOfWords(words: { readonly subject: string; readonly body: string }): string[] {
  const named = [...`${words.subject}\n${words.body}`.matchAll(PATTERN)].map(([, name]) => (name ?? "").trim());
  const unknown = [...new Set(named.filter((name) => !isPlaceholder(name)))];
  const left = `${words.subject}${words.body}`.replace(PATTERN, "");
  return [
    ...unknown.map((name) => `{{${name}}} stands for nothing. These do: ${PLACEHOLDERS.map((one) => `{{${one}}}`).join(", ")}.`),
    ...(/\{\{|\}\}/.test(left) ? ["Braces are left open somewhere: write {{name}} with two on each side."] : []),
    ...([...words.subject.matchAll(PATTERN)].some(([, name]) => name?.trim() === "link") ? ["A subject cannot hold {{link}}."] : []),
    ...(named.includes("link") ? [] : ["Say where to go: {{link}} must stand in the mail."]),
    ...(words.subject.trim() === "" ? ["A mail needs a subject."] : []),
  ];
}

const isPlaceholder = (name: string): name is Placeholder => PLACEHOLDERS.some((one) => one === name);

/** The subject of one person's mail, on one line. */
export const subjectFor = (subject: string, words: WelcomeWords): string =>
  oneLine(subject.replace(PATTERN, (_, name: string) => wordFor(name, words) ?? ""));

/**
 * The lines of one person's mail. A line is left out for whom one of its placeholders is empty. What stands for somebody is put in
 * once and never read for placeholders again.
 */
export function linesFor(body: string, words: WelcomeWords): string[] {
  return body
    .replaceAll("\r\n", "\n")
    .split("\n")
    .filter((line) => [...line.matchAll(PATTERN)].every(([, name]) => wordFor(name ?? "", words) !== null))
    .map((line) => line.replace(PATTERN, (_, name: string) => oneLine(wordFor(name, words) ?? "")));
}

function wordFor(name: string, words: WelcomeWords): string | null {
  const key = name.trim();
  const word = isPlaceholder(key) ? words[key] : null;
  return word === null || word.trim() === "" ? null : word;
}

/** Values come from files: none of them may begin a line or a header of its own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ").trim();

/**
 * Why a batch waits for a person.
 * `many`: more mails than the institution lets go by themselves. `shared`: so many people share an address with another one that the
 * column is likely not theirs. `noLink`: the vendor has not said where the mails lead, so they cannot go at all.
 */
export type WelcomeReason =
  | { readonly kind: "many"; readonly count: number; readonly limit: number }
  | { readonly kind: "shared"; readonly count: number; readonly of: number; readonly limit: number }
  | { readonly kind: "noLink" };

const SHARED_PERCENT = 5;
/** Brothers and sisters share addresses too; small numbers make large shares. */
const SHARED_MIN = 20;

/** The reasons for which a batch is held; empty: its waves begin. */
export function welcomeVerdict(batch: {
  readonly mails: number;
  readonly shared: number;
  readonly holdAbove: number;
  readonly hasLink: boolean;
}): WelcomeReason[] {
  const { mails, shared, holdAbove, hasLink } = batch;
  return [
    ...(mails > holdAbove ? [{ kind: "many", count: mails, limit: holdAbove } as const] : []),
    ...(shared >= SHARED_MIN && shared * 100 > mails * SHARED_PERCENT
      ? [{ kind: "shared", count: shared, of: mails, limit: SHARED_PERCENT } as const]
      : []),
    ...(hasLink ? [] : [{ kind: "noLink" } as const]),
  ];
}
