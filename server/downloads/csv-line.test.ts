import fc from "fast-check";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { csvLine, plainCell, safeCell } from "./csv-line";

/** Text with a good share of what begins formulas, in front, inside, and after blanks and line ends. */
const risky = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "=",
        "+",
        "-",
        "@",
        "＝",
        "−",
        "'",
        "\t",
        "\r",
        "\n",
        "\r\n",
        " ",
        "\u00a0",
        "\u200b",
        "\ufeff",
        "\u2028",
        ",",
        '"',
        ";",
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

// biome-ignore lint/suspicious/noControlCharactersInRegex: what spreadsheets see, and what they do not.
const LINE_ENDS = /\r\n|[\n\r\u000b\u000c\u0085\u2028\u2029]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what spreadsheets see, and what they do not.
const unseen = /^[\s\u0000-\u0020\u00a0\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what spreadsheets see, and what they do not.
const opening = /^[\r\n\t\u0000]/;
const seenLines = (cell: string): string[] => cell.split(LINE_ENDS);

test("no cell of an export, and no line inside one, begins a formula, also after blanks that are not seen", () => {
  fc.assert(
    fc.property(fc.array(risky, { minLength: 1, maxLength: 4 }), (cells) => {
      const { data } = Papa.parse<string[]>(csvLine(cells), { delimiter: ",", newline: "\r\n", skipEmptyLines: false });
      const [parsed = []] = data;
      expect(parsed).toHaveLength(cells.length);
      for (const cell of parsed) expect(cell).not.toMatch(opening);
      for (const line of parsed.flatMap(seenLines)) {
        expect(line.replace(unseen, "")).not.toMatch(/^[=+\-@＝＋－＠−]/);
        expect(line).not.toMatch(opening);
      }
    }),
  );
});

test("what an export holds reads back as it was", () => {
  fc.assert(fc.property(risky, (cell) => plainCell(safeCell(cell)) === cell));
});

test("an ordinary value stays as it is", () => {
  expect(csvLine(["Nguyễn Thị Ánh", 'say "hi"', null, "00713"])).toBe('"Nguyễn Thị Ánh","say ""hi""","","00713"\r\n');
  expect(csvLine(["=HYPERLINK(1)"])).toBe('"\'=HYPERLINK(1)"\r\n');
});
