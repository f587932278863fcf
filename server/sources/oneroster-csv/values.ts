import { isPlainUserIds, isPlainWord } from "../lib/plain-cells";
import { type CellReader, readText, withPlain } from "../lib/values";

/** The year in which a school year ends, four digits (R24's sheet §3). */
export const readYear: CellReader = (raw, column, findings) => {
  const value = raw.trim();
  if (/^(19|20|21)\d{2}$/.test(value)) return value;
  findings.report("YEAR_FORMAT", column, { value, detail: "A school year is the one year in which it ends, with four digits." });
  return null;
};

const CEDS = "IT PR PK TK KG 01 02 03 04 05 06 07 08 09 10 11 12 13 PS UG Other ABE ASE AdultESL".split(" ");
const CEDS_BY_LOWER = new Map(CEDS.map((code) => [code.toLowerCase(), code]));
const USUAL_NAMES: ReadonlyMap<string, string> = new Map([
  ["k", "KG"],
  ["kindergarten", "KG"],
  ["0", "KG"],
  ["00", "KG"],
  ["prek", "PK"],
  ["pre-k", "PK"],
  ["prekindergarten", "PK"],
  ["transitionalkindergarten", "TK"],
  ["preschool", "PR"],
  ["infanttoddler", "IT"],
  ["postgraduate", "PS"],
  ["ungraded", "UG"],
  ...Array.from({ length: 9 }, (_, index) => [String(index + 1), `0${index + 1}`] as const),
]);

/** A grade level as CEDS writes it; usual spellings are repaired, unknown ones kept: a grade never rejects a row. */
export const readGrade: CellReader = withPlain(isPlainWord(CEDS), (raw, column, findings) => {
  if (CEDS_BY_LOWER.get(raw.toLowerCase()) === raw) return raw;
  const value = readText(raw, column, findings);
  if (value === null) return null;
  const code = CEDS_BY_LOWER.get(value.toLowerCase()) ?? USUAL_NAMES.get(value.toLowerCase());
  if (code === undefined)
    findings.report("GRADE_UNKNOWN", column, { value, detail: "The grade level is not a code of CEDS; it was kept." });
  else if (code !== value) findings.report("GRADE_PADDED", column, { value, detail: `The grade level was read as ${code}.` });
  return code ?? value;
});

/** One id with its type as userIds writes it: `{LDAP:ann}`. The type holds no colon, neither holds a brace or a comma. */
export const isUserId = (text: string): boolean => /^\{[^{}:,]+:[^{},]+\}$/.test(text);

/** `{Type:Id}`, several joined by commas, kept as in the file. Ids may hold colons, never braces or commas. */
export const readUserIds: CellReader = withPlain(isPlainUserIds, (raw, column, findings) => {
  const value = readText(raw, column, findings);
  if (value === null) return null;
  const groups = value.split(",").map((group) => group.trim());
  if (groups.every(isUserId)) return groups.join(",");
  findings.report("USER_IDS", column, { value, detail: "Each id is written {Type:Id}, several with commas between them." });
  return null;
});
