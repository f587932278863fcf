import fc from "fast-check";
import { expect, test } from "vitest";
import { COLUMNS } from "@/server/roster/entities";
import type { Issue } from "@/server/roster/issue";
import { splitQuoted } from "@/server/sources/lib/cells";
import { hexOf } from "@/server/sources/lib/line-hash";
import { onerosterCsv } from "@/server/sources/oneroster-csv";
import { sampleDelivery } from "@/server/sources/oneroster-csv/sample";
import type { EntityReader, Row } from "@/server/sources/source";
import { memoryDelivery, NO_SETTINGS, readAll } from "./in-memory";

/** Cells that some reader repairs, refuses, warns of, or takes as it is. */
const CELLS = [
  ..."a| a|a |é|e\u0301|–|\u200b|\ufffd|Ã©|NULL|n/a|-|--|a,b|a,a|a,ab,b|a,b,a|a,,b|a, b|a;b|09|9|KG|true|TRUE|yes|false|teacher|Teacher|student|scheduled".split(
    "|",
  ),
  ..."2026-08-17|2027-02-29|2028-02-29|2026-13-01|0026-01-01|8/17/2026|2026-08-31|2026-06-31|active|inactive|tobedeleted".split("|"),
  ..."2026-09-01T08:00:00Z|a@b.example|a..b@c.example|.a@c.example|a@b|a@b.c1|a@b-.example|ä@b.example|a_b-c@d.e-f.example".split("|"),
  ..."{LDAP:a}|{LDAP:a},{Fed:b@c}|{LDAP:a:b}|{:a}|{a:}|{LDAP:a} , {b:c}|{a:b|x y".split("|"),
  "1E+5 1.2E+10 s1 c1 u1".split(" "),
  'say "hi"',
  "two\nlines",
  "tab\there",
  "\u0007",
  "x".repeat(300),
  "x".repeat(4097),
  "\\.",
  "a\\b",
  "  ",
  "",
].flat();

/** What the plain rows say, as rows; their order is that of their lines. */
async function readPlain(reader: EntityReader): Promise<{ rows: Row[]; issues: Issue[]; blank: number; plain: number }> {
  if (reader.plain === undefined) throw new Error("no plain reading");
  const { columns } = reader.plain;
  const all = { rows: [] as Row[], issues: [] as Issue[], blank: 0, plain: 0 };
  for await (const chunk of reader.plain.chunks({ hashed: true, tail: ",end" })) {
    all.rows.push(...chunk.rows);
    all.issues.push(...chunk.issues);
    all.blank += chunk.blank;
    all.plain += chunk.plain.count;
    const records = splitQuoted(chunk.plain.csv.toString("utf8").replaceAll(",end\n", ","), ",");
    expect(records.length).toBe(chunk.plain.count * (columns.length + 2) + 1);
    for (let at = 0; at < chunk.plain.count; at += 1) {
      const [line = "", hash = "", ...cells] = records.slice(at * (columns.length + 2), (at + 1) * (columns.length + 2));
      expect(chunk.plain.lines[at]).toBe(Number(line));
      expect(hexOf(chunk.plain.hashes.subarray(at * 4, at * 4 + 4))).toBe(hash);
      const of = (column: string): string | null => cells[columns.indexOf(column)] || null;
      all.rows.push({
        valid: true,
        line: Number(line),
        hash,
        sourceKey: of("source_key"),
        status: "active",
        modifiedAt: null,
        extras: null,
        cells: COLUMNS[reader.entity].map(({ name }) => (columns.includes(name) ? of(name) : null)),
      });
    }
  }
  all.rows.sort((a, b) => a.line - b.line);
  return all;
}

const files = Object.fromEntries(sampleDelivery({ seed: 5, students: 30 }).map((one) => [one.name, [...one.chunks()].join("")]));

test("a clean delivery is plain but for what people are called", async () => {
  const reading = await onerosterCsv.open(memoryDelivery(files), NO_SETTINGS);
  for (const reader of reading.readers.filter(({ entity }) => entity !== "academicSessions")) {
    const [told, plain] = [await readAll(reader), await readPlain(reader)];
    expect(plain.rows).toEqual(told.rows);
    expect(plain.plain, reader.entity).toBeGreaterThan(0.9 * told.rows.length);
  }
});

test("what a list of ids names more than once is read once, and only the whole of an id is the same", async () => {
  const users =
    "sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,agentSourcedIds\n" +
    'u1,true,"s1,s11,s1,s2",teacher,a,Ana,Vega,"u9,u9"\n' +
    'u2,true,"s1,s11,s",teacher,b,Ben,Vega,"9u,u9,u"\n';
  const [reader] = (await onerosterCsv.open(memoryDelivery({ "users.csv": users }), NO_SETTINGS)).readers;
  if (!reader) throw new Error("no reader");
  const { rows, issues, plain } = await readPlain(reader);
  const lists = ["org_keys", "agent_keys"].map((name) => COLUMNS.users.findIndex((column) => column.name === name));
  expect(rows.map(({ cells }) => lists.map((at) => cells[at]))).toEqual([
    ["s1,s11,s2", "u9"],
    ["s1,s11,s", "9u,u9,u"],
  ]);
  expect(plain).toBe(1);
  expect(issues.map(({ code, column }) => `${code} ${column}`)).toEqual(["LIST_REPAIRED orgSourcedIds", "LIST_REPAIRED agentSourcedIds"]);
});

test("plain rows and the others together say what rows say, whatever stands in the cells", async () => {
  const quoted = (cell: string, always: boolean) => (always || /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const slip = fc.record({
    file: fc.constantFrom("users.csv", "enrollments.csv", "classes.csv", "courses.csv", "orgs.csv"),
    row: fc.nat(20),
    column: fc.nat(17),
    cell: fc.constantFrom(...CELLS),
    always: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(slip, { minLength: 1, maxLength: 40 }), fc.integer({ min: 500, max: 9000 }), async (slips, pieceBytes) => {
      const changed: Record<string, string> = { ...files };
      for (const [name, text] of Object.entries(files)) {
        const lines = text.split("\n");
        for (const { row, column, cell, always } of slips.filter((one) => one.file === name)) {
          const at = 1 + (row % (lines.length - 2));
          const cells = splitQuoted(lines[at] ?? "", ",");
          cells[column % cells.length] = cell;
          lines[at] = cells.map((each) => quoted(each, always)).join(",");
        }
        changed[name] = lines.join("\n");
      }
      const reading = await onerosterCsv.open(memoryDelivery(changed, pieceBytes), NO_SETTINGS);
      for (const reader of reading.readers) {
        if (reader.plain === undefined) continue;
        const [told, { plain: _, ...plain }] = [await readAll(reader), await readPlain(reader)];
        expect(plain).toEqual({ ...told, issues: told.issues });
      }
    }),
    { numRuns: 60 },
  );
});
