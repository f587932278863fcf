import { Fragment } from "react";

/** Ranges of characters that show nothing or turn the direction of what follows. The two joiners are left out: Persian and Hindi need them. */
const UNSEEN: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200b],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe007f],
];

const isUnseen = (character: string): boolean => {
  const point = character.codePointAt(0) ?? 0;
  return UNSEEN.some(([first, last]) => point >= first && point <= last);
};

/**
 * A value out of a roster: in its own direction, apart from the text around it, with characters that nobody could see
 * shown by their number, so that two names that differ look different (SECURITY T14).
 */
export function Value({ of, strong }: { of: string; strong?: boolean }) {
  const Tag = strong ? "b" : "bdi";
  return <Tag dir="auto">{[...of].some(isUnseen) ? marked(of) : of}</Tag>;
}

function marked(text: string) {
  const pieces: { unseen: boolean; text: string; at: number }[] = [];
  let at = 0;
  for (const character of text) {
    const unseen = isUnseen(character);
    const last = pieces.at(-1);
    if (last && !unseen && !last.unseen) last.text += character;
    else pieces.push({ unseen, text: unseen ? codePoint(character) : character, at });
    at += character.length;
  }
  return pieces.map((piece) => (
    <Fragment key={piece.at}>
      {piece.unseen ? (
        <span className="unseen" title="A character that cannot be seen">
          {piece.text}
        </span>
      ) : (
        piece.text
      )}
    </Fragment>
  ));
}

const codePoint = (character: string): string => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
