import fc from "fast-check";
import { expect, test } from "vitest";
import { checkDelivery } from "@/server/cli/check-delivery";
import { onerosterCsv } from "@/server/sources/oneroster-csv";
import { type SampleFile, sampleDelivery, sampleDistrict } from "@/server/sources/oneroster-csv/sample";
import { district, file } from "../fixtures/district";
import { collect, memoryDelivery, NO_SETTINGS, readAll, spansOf } from "./in-memory";

const textOf = (files: readonly SampleFile[]): Record<string, string> =>
  Object.fromEntries(files.map((one) => [one.name, [...one.chunks()].join("")]));
const rowsOf = (text: string | undefined): Set<string> => new Set(text?.split("\n").slice(1, -1));
const check = (files: Readonly<Record<string, string | Buffer>>) =>
  checkDelivery(onerosterCsv, memoryDelivery(files), { settings: NO_SETTINGS });

test("rows, lines and spans of a file tell the same hashes, lines and rows, whatever the size of pieces", async () => {
  const files = textOf(sampleDelivery({ seed: 3, students: 12 }));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 64, max: 5000 }), fc.integer({ min: 1, max: 7 }), async (pieceBytes, every) => {
      const reading = await onerosterCsv.open(memoryDelivery(files, pieceBytes), NO_SETTINGS);
      for (const reader of reading.readers) {
        const { rows } = await readAll(reader);
        const spans = await spansOf(reader);
        expect(spans.map(({ hash, line }) => ({ hash, line }))).toEqual(rows.map(({ hash, line }) => ({ hash, line })));
        const some = (_: unknown, index: number): boolean => index % every === 0;
        expect((await collect(reader.at(spans.filter(some)))).flatMap((chunk) => chunk.rows)).toEqual(rows.filter(some));
      }
    }),
    { numRuns: 12 },
  );
});

test("a line's hash leaves out dateLastModified, and the shape says what a line means", async () => {
  const read = async (files: Readonly<Record<string, string | Buffer>>) => {
    const reading = await onerosterCsv.open(memoryDelivery(files), NO_SETTINGS);
    const reader = reading.readers.find(({ entity }) => entity === "users");
    return { shape: reader?.shape, hashes: reader ? (await readAll(reader)).rows.map(({ hash }) => hash) : [] };
  };
  const plain = await read(district());
  const stamped = await read(district({ "users.csv": file("users.csv", [], { dateLastModified: "2026-09-01T08:00:00Z" }) }));
  const renamed = await read(district({ "users.csv": file("users.csv").replace("Ben", "Bo") }));
  const reordered = await read(district({ "users.csv": file("users.csv").replace("sms,phone", "phone,sms") }));
  expect(stamped).toEqual(plain);
  expect(renamed.hashes.map((hash, index) => hash === plain.hashes[index])).toEqual([true, false, true]);
  expect(reordered.shape).not.toBe(plain.shape);
});

test("a generated district is clean, and the same wish gives the same bytes", async () => {
  const files = textOf(sampleDistrict({ size: "XS", day: 1, seed: 11 }));
  expect(textOf(sampleDistrict({ size: "XS", day: 1, seed: 11 }))).toEqual(files);
  expect(textOf(sampleDistrict({ size: "XS", day: 1, seed: 12 }))["users.csv"]).not.toBe(files["users.csv"]);
  const result = await check(files);
  expect({ verdict: result.verdict, issues: result.issues }).toEqual({ verdict: "clean", issues: [] });
  expect(result.entities.enrollments.rows).toBe(6240);
});

test("alterations of a generated delivery change what they name and nothing else", async () => {
  const before = textOf(sampleDelivery({ seed: 5, students: 60 }));
  const after = textOf(
    sampleDelivery({
      seed: 5,
      students: 60,
      alterations: { withoutStudents: new Set([7]), renamedStudents: new Set([9]), addedStudents: 2 },
    }),
  );
  expect((await check(after)).verdict).toBe("clean");
  const [old, now] = [rowsOf(before["users.csv"]), rowsOf(after["users.csv"])];
  const [gone, come] = [[...old].filter((row) => !now.has(row)), [...now].filter((row) => !old.has(row))];
  // A guardian of the removed student no longer names them, which edits the guardian.
  const students = (rows: readonly string[]): number => rows.filter((row) => row.includes(",student,")).length;
  expect({ gone: students(gone), come: students(come) }).toEqual({ gone: 2, come: 3 });
  expect(before["classes.csv"]).toBe(after["classes.csv"]);
});

test("day 2 of a district differs from day 1 by additions, edits and removals, and nobody is named who is gone", async () => {
  const day1 = textOf(sampleDistrict({ size: "S", day: 1, seed: 4 }));
  const day2 = textOf(sampleDistrict({ size: "S", day: 2, seed: 4 }));
  const [old, now] = [rowsOf(day1["enrollments.csv"]), rowsOf(day2["enrollments.csv"])];
  const changed = [...now].filter((row) => !old.has(row)).length + [...old].filter((row) => !now.has(row)).length;
  expect(changed).toBeGreaterThan(20);
  expect(changed).toBeLessThan(old.size * 0.03);
  expect((await check(day2)).issues.filter((issue) => issue.column === "userSourcedId")).toEqual([]);
});

test("a reference to a row that is itself in error is a warning, and rows in error are counted once", async () => {
  const users = file("users.csv", [{ sourcedId: "u4", username: "jo", role: "king", givenName: "", familyName: "" }]);
  const result = await check(
    district({ "users.csv": users, "enrollments.csv": file("enrollments.csv", [{ sourcedId: "e4", userSourcedId: "u4" }]) }),
  );
  expect(result.entities.users).toEqual({ rows: 4, valid: 3, errors: 1, warnings: 0 });
  expect(result.entities.enrollments).toEqual({ rows: 4, valid: 4, errors: 0, warnings: 1 });
  expect(result.issues.map(({ code, at }) => `${code} ${at}`)).toEqual(["ENUM users.csv:5", "REF_UNVERIFIED enrollments.csv:5"]);
});

test("findings beyond the listed ones are still counted", async () => {
  const bad = Array.from({ length: 5000 }, (_, index) => ({ sourcedId: `x${index}`, username: `x${index}`, role: "king" }));
  const result = await check(district({ "users.csv": file("users.csv", bad) }));
  expect(result.issues.length).toBeLessThan(5000);
  expect(result.issuesTotal).toBe(5000);
  expect(result.entities.users).toMatchObject({ rows: 5003, valid: 3, errors: 5000 });
});
