/**
 * Columns that never enter what is kept, whatever source and file they come from: passwords, and what the product does not
 * need to know of a person (ARCHITECTURE §5, SECURITY T22): birth date, gender, race, ethnicity, language, lunch, disability and
 * other demographic columns, persons' addresses, identity numbers, marks and attendance. Grade levels are not among them.
 */
export type Denied = "password" | "personal";

/** Whether a column with this header is emptied, and as what. Spelling, case, blanks and a `metadata.` prefix make no difference. */
export function deniedAs(header: string): Denied | null {
  const words = wordsOf(header);
  const joined = words.join("");
  if (PASSWORD_PARTS.some((part) => joined.includes(part)) || words.some((word) => PASSWORD_WORDS.has(word))) return "password";
  if (PERSONAL_PARTS.some((part) => joined.includes(part)) || PERSONAL_NAMES.has(joined)) return "personal";
  return words.some((word) => PERSONAL_WORDS.has(word)) ? "personal" : null;
}

/** `demographicRaceTwoOrMoreRaces`, `Race (two or more)` and `RACE_2` are told apart into words. */
function wordsOf(header: string): string[] {
  return header
    .normalize("NFKC")
    .replace(/^[\s\uFEFF]*metadata\./i, "")
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{L})(\d)/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== "");
}

const PASSWORD_PARTS = ["password", "passwd", "passwort", "passphrase", "passcode", "pwencrypt", "contrasena", "contraseña", "motdepasse"];
const PASSWORD_WORDS = new Set(["pass", "pwd", "pw", "pswd", "passwrd", "secret"]);

const PERSONAL_PARTS = [
  "birth",
  "gender",
  "ethnic",
  "disability",
  "disabilities",
  "socialsecurity",
  "specialeducation",
  "englishlearner",
  "englishlanguagelearner",
  "limitedenglish",
  "homelanguage",
  "nativelanguage",
  "lunch",
  "homeless",
  "migrant",
  "disadvantaged",
  "streetaddress",
  "homeaddress",
  "mailingaddress",
  "postaladdress",
  "zipcode",
  "postalcode",
  "publicschoolresidence",
];
const PERSONAL_WORDS = new Set([
  ...["dob", "sex", "race", "races", "pronouns", "religion", "citizenship", "ssn", "ell", "lep", "frl", "iep", "504", "sped"],
  ...["street", "gpa", "attendance", "absences", "tardies"],
]);
/** Names that only as a whole say what they hold: `city` is a person's, `emailAddress` is not an address of this kind. */
const PERSONAL_NAMES = new Set([
  ...["americanindianoralaskanative", "asian", "blackorafricanamerican", "nativehawaiianorotherpacificislander", "white"],
  ...["hispanicorlatino", "hispanic", "address", "address1", "address2", "city", "zip", "postcode", "frlstatus", "ellstatus"],
  ...["score", "scorestatus", "scoredate"],
]);
