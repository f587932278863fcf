import fc from "fast-check";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { type CellSpan, cellsOf, findCell } from "@/server/sources/lib/cells";
import { firstBadByte } from "@/server/sources/lib/encoding";
import { hexOf, lineHasher } from "@/server/sources/lib/line-hash";
import { kindOf, scanRecords } from "@/server/sources/lib/records";
import { DeliveryRefused } from "@/server/sources/lib/refused";
import { collect, memoryFile } from "./in-memory";

const COMMA = 0x2c;
const cell = fc.oneof(
  fc.constantFrom("", '"', '""', ",", "a", "é", "王", "x,y", 'say "hi"', "two\nlines", "\n", " "),
  fc.string({ unit: "grapheme", maxLength: 6 }),
);
const safe = (text: string): string => text.replace(/\r/g, "");
/** A cell as some exporter writes it: quoted where it must be, sometimes where it need not be. */
const written = (text: string, quoteAlways: boolean): string =>
  quoteAlways || /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
const tables = fc.array(fc.array(fc.tuple(cell.map(safe), fc.boolean()), { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 12 });
const ends = fc.constantFrom("\n", "\r\n");

const scan = async (text: string | Buffer, pieceBytes: number) => {
  const blocks = await collect(scanRecords(memoryFile("f.csv", text, pieceBytes), { offset: 0, line: 1, delimiter: COMMA }));
  return blocks.flatMap((block) =>
    Array.from({ length: block.count }, (_, index) => ({
      cells: cellsOf(block, index, { delimiter: ",", ascii: false }),
      line: block.lines[index],
      offset: block.base + (block.starts[index] ?? 0),
      bytes: block.buffer.subarray(block.starts[index], block.ends[index]),
      kind: block.kinds[index],
      block,
      index,
    })),
  );
};

test("whatever the cells, the line ends and the size of pieces, records are those that papaparse reads", async () => {
  await fc.assert(
    fc.asyncProperty(tables, ends, fc.integer({ min: 1, max: 40 }), async (rows, end, pieceBytes) => {
      const text = rows.map((row) => row.map(([value, quote]) => written(value, quote)).join(",")).join(end) + end;
      const found = await scan(text, pieceBytes);
      const oracle = Papa.parse<string[]>(text, { delimiter: ",", newline: end, skipEmptyLines: false }).data.slice(0, -1);
      expect(found.map(({ cells }) => cells)).toEqual(oracle);
      expect(found.map(({ cells }) => cells)).toEqual(rows.map((row) => row.map(([value]) => value)));
    }),
    { numRuns: 300 },
  );
});

test("each record is found at its line and offset, and its kind can be told from its bytes alone", async () => {
  await fc.assert(
    fc.asyncProperty(tables, fc.integer({ min: 1, max: 40 }), async (rows, pieceBytes) => {
      const lines = rows.map((row) => row.map(([value, quote]) => written(value, quote)).join(","));
      const bytes = Buffer.from(`${lines.join("\n")}\n`);
      let [line, offset] = [1, 0];
      const expected = lines.map((text) => {
        const place = { line, offset };
        line += text.split("\n").length;
        offset += Buffer.byteLength(text) + 1;
        return place;
      });
      const found = await scan(bytes, pieceBytes);
      expect(found.map((record) => ({ line: record.line, offset: record.offset }))).toEqual(expected);
      for (const record of found) expect(kindOf(record.bytes, COMMA)).toBe(record.kind);
    }),
    { numRuns: 200 },
  );
});

test("a cell is found in the bytes where the reader finds it in the text", async () => {
  await fc.assert(
    fc.asyncProperty(tables, fc.nat(5), async (rows, column) => {
      const text = `${rows.map((row) => row.map(([value, quote]) => written(value, quote)).join(",")).join("\n")}\n`;
      const span: CellSpan = { start: -1, end: -1 };
      for (const { block, index, cells } of await scan(text, 17)) {
        findCell(block, index, { column, delimiter: COMMA, span });
        const raw = span.start === -1 ? undefined : block.buffer.toString("utf8", span.start, span.end);
        const value = raw?.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw;
        expect(value).toBe(cells?.[column]);
      }
    }),
    { numRuns: 200 },
  );
});

test("a misplaced quote spoils its own line and no other", async () => {
  const found = await scan('a,b\nx,Chevy "The Man"\n"open" end,c\ny,z\n', 3);
  expect(found.map(({ cells }) => cells)).toEqual([["a", "b"], null, null, ["y", "z"]]);
});

test.each([
  ["at the end of the file", 'a,b\nc,"d\ne,f\n', 2],
  ["by a quote of another row", 'a,b\nc,"d\ne,"f"\ng,h\n', 2],
  ["in a later line of the same value", 'a,b\n\nc,"d\n\n\n', 3],
])("a quote that is closed only %s refuses the file at the line where it opens", async (_, text, line) => {
  const error = await scan(text, 5).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DeliveryRefused);
  expect(error).toMatchObject({ issue: { code: "QUOTE_NOT_CLOSED", at: `f.csv:${line}` } });
});

test("the three line ends may be mixed, also across pieces", async () => {
  for (const pieceBytes of [1, 2, 3, 100]) {
    const found = await scan("a,b\r\nc,d\re,f\n\ng,h\r", pieceBytes);
    expect(found.map(({ cells, line }) => [cells?.join("|"), line])).toEqual([
      ["a|b", 1],
      ["c|d", 2],
      ["e|f", 3],
      ["", 4],
      ["g|h", 5],
    ]);
  }
});

test("the hash of a line leaves out the cells that are cut and nothing else", async () => {
  const hashes = async (text: string) => (await scan(text, 64)).map(({ block, index }) => hexOf(lineHasher([1, 3], COMMA)(block, index)));
  const [a, b, c, d] = await hashes('k,2026,x,secret\nk,"2027",x,\nk,2026,y,secret\nk,2026,x,secret,more\n');
  expect(b).toBe(a);
  expect(new Set([a, c, d]).size).toBe(3);
  expect(a).toMatch(/^[0-9a-f]{32}$/);
});

test("the first byte that is not UTF-8 is found exactly", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.constantFrom([0xe9], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xff], [0xf5, 0x80]),
      fc.string(),
      (before, bad, after) => {
        const good = Buffer.from(before);
        expect(firstBadByte(good)).toBe(-1);
        expect(firstBadByte(Buffer.concat([good, Buffer.from(bad), Buffer.from(`,${after}`)]))).toBe(good.length);
      },
    ),
    { numRuns: 150 },
  );
});
