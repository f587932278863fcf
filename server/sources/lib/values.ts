import type { Findings } from "@/server/roster/findings";
import { LIMITS } from "./limits";
import { areDistinct, isPlainEmail, isPlainId, isPlainList, isPlainText, isPlainWord, type PlainTest } from "./plain-cells";

/**
 * Turns the text of one cell into its file form, or null for no value; reports what it finds. The cell is neither empty nor
 * only blanks. Repairs are warnings, what cannot be read is an error (SECURITY.md §E).
 */
export type CellReader = ReadCell & { readonly isPlain?: PlainTest };

type ReadCell = (value: string, column: string, findings: Findings) => string | null;

/** A reader with the test that spares it most of its cells. */
export const withPlain = (isPlain: PlainTest, read: ReadCell): CellReader => Object.assign(read, { isPlain });

/** Any text, trimmed and in Unicode's composed form. */
export const readText: CellReader = withPlain(isPlainText, (raw, column, findings) => {
  let value = raw.trim();
  if (ODD.test(value)) {
    if (!checkCharacters(value, column, findings)) return null;
    value = value.normalize("NFC");
  }
  if (value.length > LIMITS.textCharactersMax) {
    findings.report("FIELD_TOO_LONG", column, { value, detail: `The value has ${value.length} characters; at most 4,096 are allowed.` });
    return null;
  }
  if (value.length <= 4 && BLANK_WORDS.has(value.toUpperCase())) warnBlank(value, column, findings);
  return value;
});

/** An id or a reference: opaque, case-sensitive, never padded (R27). */
export const readId: CellReader = withPlain(isPlainId, (raw, column, findings) => {
  if (PLAIN_ID.test(raw)) {
    if (raw.length <= 4 && BLANK_WORDS.has(raw.toUpperCase())) warnBlank(raw, column, findings);
    return raw;
  }
  let value = raw.trim();
  if (value !== raw) findings.report("ID_TRIMMED", column, { value: raw, detail: "Blanks around the id were removed." });
  if (ROUNDED.test(value)) {
    findings.report("ID_LOOKS_ROUNDED", column, {
      value,
      detail: "Excel has rounded this id; send the file of the SIS without opening it in Excel.",
    });
    return null;
  }
  if (ODD.test(value)) {
    if (!checkCharacters(value, column, findings)) return null;
    const composed = value.normalize("NFC");
    if (composed !== value) {
      findings.report("TEXT_NORMALIZED", column, { value, detail: "The accents of the id were brought to the usual form." });
      value = composed;
    }
  }
  if (value.length > LIMITS.idCharactersMax) {
    findings.report("ID_TOO_LONG", column, { value, detail: `The id has ${value.length} characters; at most 255 are allowed.` });
    return null;
  }
  if (value.length <= 4 && BLANK_WORDS.has(value.toUpperCase())) warnBlank(value, column, findings);
  if (!PLAIN_ID.test(value))
    findings.report("ID_CHARACTERS", column, {
      value,
      detail: "The id holds characters other than letters, digits and . - _ / @; it was accepted.",
    });
  return value;
});

/** A list in one cell: elements joined by commas, blanks around them removed, each read by `readElement`. */
export function readList(readElement: CellReader): CellReader {
  const read: ReadCell = (raw, column, findings) => {
    if (!raw.includes(",") && !raw.includes(";")) return readElement(raw, column, findings);
    const commas = raw.includes(",");
    const parts = raw.split(commas ? "," : ";").map((part) => part.trim());
    const filled = parts.filter((part) => part !== "");
    if (!commas || filled.length < parts.length)
      findings.report("LIST_REPAIRED", column, {
        value: raw,
        detail: "The list was read with repairs; write it with commas between its elements.",
      });
    if (filled.length === 0) return null;
    const elements = filled.map((part) => readElement(part, column, findings));
    return elements.includes(null) ? null : elements.join(",");
  };
  return readElement.isPlain === undefined ? read : withPlain(isPlainList(readElement.isPlain), read);
}

const readIdList = readList(readId);

/** A list of ids, each of them once: a join in the export repeats them. */
export const readIds: CellReader = withPlain(
  (bytes, start, end) => readIdList.isPlain?.(bytes, start, end) === true && areDistinct(bytes, start, end),
  (raw, column, findings) => {
    const list = readIdList(raw, column, findings);
    if (list === null || !list.includes(",")) return list;
    const [all, once] = [list.split(","), new Set(list.split(","))];
    if (once.size < all.length)
      findings.report("LIST_REPAIRED", column, { value: raw, detail: "The list names something more than once; it was read once." });
    return [...once].join(",");
  },
);

/** One of the words, exactly; another case is repaired. `extensible`: own words that start with `ext:` pass (1.2). */
export function readWord(words: readonly string[], extensible: boolean): CellReader {
  const exact = new Set(words);
  const byLower = new Map(words.map((word) => [word.toLowerCase(), word]));
  return withPlain(isPlainWord(words), (raw, column, findings) => {
    if (exact.has(raw)) return raw;
    const value = raw.trim();
    const meant = byLower.get(value.toLowerCase());
    if (meant !== undefined) {
      if (meant !== value) findings.report("ENUM_CASE", column, { value, detail: `The word was read as ${meant}.` });
      return meant;
    }
    if (extensible && value.startsWith("ext:")) {
      findings.report("ENUM_EXTENDED", column, { value, detail: "A word of your own was kept." });
      return readText(value, column, findings);
    }
    const near = nearest(value.toLowerCase(), words);
    const detail = `The word is not one of ${words.join(", ")}.${near === null ? "" : ` Did you mean ${near}?`}`;
    findings.report("ENUM", column, { value, detail });
    return null;
  });
}

const TRUE = new Set(["true", "t", "yes", "y", "1"]);
const FALSE = new Set(["false", "f", "no", "n", "0"]);

/** `true` or `false`; the usual other spellings are repaired. */
export const readBoolean: CellReader = withPlain(isPlainWord(["true", "false"]), (raw, column, findings) => {
  if (raw === "true" || raw === "false") return raw;
  const value = raw.trim().toLowerCase();
  const read = TRUE.has(value) ? "true" : FALSE.has(value) ? "false" : null;
  if (read !== null) findings.report("BOOLEAN_REPAIRED", column, { value: raw, detail: `The value was read as ${read}.` });
  else findings.report("BOOLEAN", column, { value: raw, detail: "The value is neither true nor false." });
  return read;
});

/** An e-mail address, or nothing: a bad one is dropped and the person stays (SECURITY.md §E 46). */
export const readEmail: CellReader = withPlain(isPlainEmail, (raw, column, findings) => {
  const value = raw.trim().normalize("NFC");
  if (EMAIL.test(value) && !value.includes("..") && value.length <= 320) return value;
  findings.report("EMAIL_INVALID", column, { value, detail: "This is not an e-mail address; it was dropped and the person kept." });
  return null;
});

// Letters of any script may stand before the @: schools really use them. Nothing that could split a mail header may.
const EMAIL =
  /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-][\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]*(?<!\.)@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,}$/u;
const PLAIN_ID = /^[0-9A-Za-z._/@-]{1,255}$/;
const ROUNDED = /^\d(?:[.,]\d+)?E\+\d+$/i;
const ODD = /[^\x20-\x7e]/;
const BLANK_WORDS: ReadonlySet<string> = new Set(["NULL", "N/A", "-", "--"]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for; tab and line feed are text.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;
const HIDDEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
const DOUBLE_ENCODED = /[\u00c2\u00c3][\u0080-\u00bf\u2018-\u2026\u20ac\u2030\u2122\u0152-\u0178]|â€|[\u0080-\u0084\u0086-\u009f]/;

/** Reports characters that harm or mislead. False: the value cannot be stored. */
function checkCharacters(value: string, column: string, findings: Findings): boolean {
  if (CONTROL.test(value)) {
    findings.report("CONTROL_CHARACTER", column, {
      value,
      detail: "The value holds a control character, which cannot be stored; type it again in the SIS.",
    });
    return false;
  }
  if (HIDDEN.test(value))
    findings.report("HIDDEN_CHARACTER", column, { value, detail: "The value holds characters that cannot be seen; it was kept." });
  if (value.includes("\ufffd"))
    findings.report("CHARACTER_LOST", column, { value, detail: "A letter was lost before the file reached us." });
  else if (DOUBLE_ENCODED.test(value))
    findings.report("LOOKS_DOUBLE_ENCODED", column, { value, detail: "The text looks as if it was encoded twice; it was kept as it is." });
  return true;
}

function warnBlank(value: string, column: string, findings: Findings): void {
  findings.report("LOOKS_BLANK", column, { value, detail: "The value was kept as text; leave the cell empty if it means nothing." });
}

/** The word that differs least, where at most two letters differ. */
function nearest(value: string, words: readonly string[]): string | null {
  const [best] = words.map((word) => ({ word, far: distance(value, word.toLowerCase()) })).sort((a, b) => a.far - b.far);
  return best !== undefined && best.far <= 2 ? best.word : null;
}

function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 3;
}
