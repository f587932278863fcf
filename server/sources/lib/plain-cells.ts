/**
 * Whether a reader would hand on the bytes of a cell exactly as they are, with nothing to say about them: told from the bytes,
 * without decoding (a decoded cell costs ten times as much). False is no verdict: then the reader itself is asked. The cell is
 * not empty; quotes around it are not part of it.
 */
export type PlainTest = (bytes: Uint8Array, start: number, end: number) => boolean;

const table = (characters: string): Uint8Array => {
  const allowed = new Uint8Array(256);
  for (const character of characters) allowed[character.charCodeAt(0)] = 1;
  return allowed;
};

const DIGITS = "0123456789";
const ALPHANUMERIC = `${DIGITS}ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz`;
const IN_ID = table(`${ALPHANUMERIC}._/@-`);
const IN_TEXT = table(`${ALPHANUMERIC} !#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`);
const IN_EMAIL = table(`${ALPHANUMERIC}_@.-`);
const IN_NAME = table(ALPHANUMERIC);
const [SPACE, COMMA, HYPHEN, DOT, COLON, SEMICOLON, AT] = [0x20, 0x2c, 0x2d, 0x2e, 0x3a, 0x3b, 0x40];
const [ZERO, N, OPEN, CLOSE] = [0x30, 0x4e, 0x7b, 0x7d];

/** The cell could be one of the words for nothing (NULL, N/A, -): the reader knows. */
const mayMeanNothing = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start <= 4 && (bytes[start] === HYPHEN || ((bytes[start] ?? 0) & 0xdf) === N);

/** An id as OneRoster has it. */
export const isPlainId: PlainTest = (bytes, start, end) => {
  if (end - start > 255 || mayMeanNothing(bytes, start, end)) return false;
  for (let at = start; at < end; at += 1) if (IN_ID[bytes[at] ?? 0] === 0) return false;
  return true;
};

/** Printable ASCII without a double quote, no blank at either end. */
export const isPlainText: PlainTest = (bytes, start, end) => {
  if (end - start > 4096 || bytes[start] === SPACE || bytes[end - 1] === SPACE || mayMeanNothing(bytes, start, end)) return false;
  for (let at = start; at < end; at += 1) if (IN_TEXT[bytes[at] ?? 0] === 0) return false;
  return true;
};

/** Elements between commas, each of which `test` finds plain. */
export const isPlainList =
  (test: PlainTest): PlainTest =>
  (bytes, start, end) => {
    let from = start;
    for (let at = start; at <= end; at += 1) {
      if (at < end && bytes[at] === SEMICOLON) return false;
      if (at < end && bytes[at] !== COMMA) continue;
      if (at === from || !test(bytes, from, at)) return false;
      from = at + 1;
    }
    return true;
  };

/** No element between commas is there twice. Lists of ids are short. */
export const areDistinct: PlainTest = (bytes, start, end) => {
  for (let from = start; from < end; ) {
    const comma = bytes.indexOf(COMMA, from);
    if (comma === -1 || comma >= end) return true;
    const length = comma - from;
    for (let other = comma + 1; other < end; ) {
      const next = bytes.indexOf(COMMA, other);
      const close = next === -1 || next >= end ? end : next;
      let same = 0;
      while (same < length && bytes[from + same] === bytes[other + same]) same += 1;
      if (same === length && close - other === length) return false;
      other = close + 1;
    }
    from = comma + 1;
  }
  return true;
};

/** Exactly one of the words. */
export function isPlainWord(words: readonly string[]): PlainTest {
  const known = words.map((word) => Buffer.from(word));
  return (bytes, start, end) => {
    for (const word of known) {
      if (word.length !== end - start) continue;
      let same = 0;
      while (same < word.length && word[same] === bytes[start + same]) same += 1;
      if (same === word.length) return true;
    }
    return false;
  };
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `YYYY-MM-DD` that is a day of every year. */
export const isPlainDate: PlainTest = (bytes, start, end) => {
  if (end - start !== 10 || bytes[start + 4] !== HYPHEN || bytes[start + 7] !== HYPHEN) return false;
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if ((digit < 0 || digit > 9) && at !== start + 4 && at !== start + 7) return false;
  }
  const month = ((bytes[start + 5] ?? 0) - ZERO) * 10 + (bytes[start + 6] ?? 0) - ZERO;
  const day = ((bytes[start + 8] ?? 0) - ZERO) * 10 + (bytes[start + 9] ?? 0) - ZERO;
  return bytes[start] !== ZERO && day > 0 && day <= (DAYS[month - 1] ?? 0);
};

/** An address of letters, digits and single `.`, `-`, `_`, as nearly all are. */
export const isPlainEmail: PlainTest = (bytes, start, end) => {
  let at = -1;
  let dot = -1;
  for (let place = start; place < end; place += 1) {
    const byte = bytes[place] ?? 0;
    if (IN_EMAIL[byte] === 0) return false;
    if (IN_NAME[byte] === 1) continue;
    if (place === start || place === end - 1 || IN_NAME[bytes[place - 1] ?? 0] === 0) return false;
    if (byte === DOT) dot = place;
    else if (byte === AT) {
      if (at !== -1) return false;
      at = place;
    } else if (at !== -1 && byte !== HYPHEN) return false;
  }
  if (at === -1 || dot < at || end - dot < 3 || end - start > 320) return false;
  for (let place = dot + 1; place < end; place += 1) if ((bytes[place] ?? 0) < 0x41) return false;
  return true;
};

/** `{Type:Id}` once or several times with commas between, printable ASCII without blanks. */
export const isPlainUserIds: PlainTest = (bytes, start, end) => {
  if (end - start > 4096) return false;
  for (let at = start; at < end; at += 1) if (IN_TEXT[bytes[at] ?? 0] === 0) return false;
  let from = start;
  while (from < end) {
    if (bytes[from] !== OPEN) return false;
    let colon = -1;
    let at = from + 1;
    for (; at < end && bytes[at] !== CLOSE; at += 1) {
      const byte = bytes[at];
      if (byte === OPEN || byte === COMMA || byte === SPACE) return false;
      if (byte === COLON && colon === -1) colon = at;
    }
    if (at === end || colon <= from + 1 || colon === at - 1) return false;
    if (at + 1 === end) return true;
    if (bytes[at + 1] !== COMMA) return false;
    from = at + 2;
  }
  return false;
};
