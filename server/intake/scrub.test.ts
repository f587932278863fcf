import fc from "fast-check";
import iconv from "iconv-lite";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import { deniedAs } from "./deny-list";
import { scrub } from "./scrub";

const CANARY = "kanarie77";

describe("the scrubber", () => {
  test("empties exactly the denied cells of well-formed files, whatever they hold and however they are cut", async () => {
    const cell = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom("", 'say "hi"', "a,b", "two\nlines", "é", `x${CANARY}`, " "));
    const header = ["sourcedId", "Pass Word", "givenName", "birthDate", "metadata.gender", "email"];
    const rows = fc.array(fc.array(cell, { minLength: header.length, maxLength: header.length }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.record({ rows, cut: fc.integer({ min: 1, max: 60 }), newline: fc.constantFrom("\n", "\r\n") }), async (file) => {
        const text = Papa.unparse({ fields: header, data: file.rows }, { newline: file.newline });
        const { kept, emptied } = await scrubbed(Buffer.from(text), file.cut);
        const expected = file.rows.map((row) =>
          row.map((value, column) => ([1, 3, 4].includes(column) ? value.replaceAll(/[^\n]/g, "") : value)),
        );
        expect(parsed(kept, file.newline)).toEqual(
          parsed(Buffer.from(Papa.unparse({ fields: header, data: expected }, { newline: file.newline })), file.newline),
        );
        const filled = (column: number) => file.rows.filter((row) => (row[column] ?? "").replaceAll(/[ \t"]/g, "") !== "").length;
        expect(emptied.get("Pass Word")?.cells).toBe(filled(1));
        expect(emptied.get("birthDate")?.cells).toBe(filled(3));
      }),
      { numRuns: 200 },
    );
  });

  test("keeps a file without denied columns byte for byte", async () => {
    const file = Buffer.from('\uFEFFsourcedId,name\r\n1,"a ""b"""\r\n\r\n2,Jos\xe9,x\n3,st"ray', "latin1");
    expect((await scrubbed(file, 3)).kept).toEqual(file);
  });

  test.each([
    ["an unquoted comma before the password", `sourcedId,name,password\n1,Smith, Ann,${CANARY}\n`],
    ["a missing cell before the password", `sourcedId,name,email,password\n1,Ann,${CANARY}\n`],
    ["a misplaced quote before the password", `sourcedId,name,password\n1,Chevy "The, Man",${CANARY}\n`],
    ["a misplaced quote in the password", `sourcedId,name,password\n1,Ann,ab"${CANARY}"\n`],
    ["a quote that never closes", `sourcedId,name,password\n1,"Ann,${CANARY}\n2,Bob,${CANARY}\n`],
    ["a quote that closes in another row", `sourcedId,name,password\n1,"Ann,${CANARY}\n2,"Bob",${CANARY}\n`],
    ["no header", `1,Ann,ann@example.org,${CANARY}\n2,Bob,bob@example.org,${CANARY}\n`],
    ["semicolons", `sourcedId;name;password\n1;Ann;${CANARY}\n`],
    ["tabs", `sourcedId\tname\tpassword\n1\tAnn\t${CANARY}\n`],
    ["two byte order marks", `\uFEFF\uFEFFsourcedId,password\n1,${CANARY}\n`],
    ["JSON under a CSV name", `[{"sourcedId":"1","password":"${CANARY}"}]`],
    ["a web page under a CSV name", `<!DOCTYPE html><title>${CANARY}</title>`],
    ["a spelling in full width", `sourcedId,ｐａｓｓｗｏｒｄ\n1,${CANARY}\n`],
    ["quotes around the header", `"sourcedId","PASSWORD"\n"1","${CANARY}"\n`],
    ["a blank line before the header", `\n\nsourcedId,passwd\n1,{SSHA}${CANARY}\n`],
  ])("keeps no password of a file with %s", async (_, text) => {
    for (const cut of [1, 7, 4096]) expect((await scrubbed(Buffer.from(text), cut)).kept.toString()).not.toContain(CANARY);
  });

  test.each(["utf-16le", "utf-16be"])("reads and keeps %s", async (encoding) => {
    const file = iconv.encode(`sourcedId,name,password\n1,Zoë,${CANARY}\n`, encoding, { addBOM: true });
    expect((await scrubbed(file, 5)).kept).toEqual(iconv.encode("sourcedId,name,password\n1,Zoë,\n", encoding, { addBOM: true }));
  });

  test("keeps nothing readable of UTF-16 without a mark", async () => {
    const { kept } = await scrubbed(iconv.encode(`sourcedId,password\n1,${CANARY}\n`, "utf-16be", { addBOM: false }), 9);
    expect(kept.toString("latin1").replaceAll(/[x\0]/g, "")).toBe("");
  });

  test("keeps the header of a file whose quotes are wrong further on, so that it is not told to be missing", async () => {
    const rows = Array.from({ length: 20 }, (_, index) => `${index},Ann,${CANARY}\r\n`).join("");
    const file = Buffer.from(`\uFEFFsourcedId,name,password\r\n${rows}20,"Ann\r\n21,"Bo",${CANARY}\r\n`);
    const kept = (await scrubbed(file, 4096)).kept.toString();
    expect(kept.split("\r\n")[0]).toBe("\uFEFFsourcedId,name,password");
    expect(kept).not.toContain(CANARY);
    expect(kept.split("\r\n")).toHaveLength(file.toString().split("\r\n").length);
  });

  test("leaves every row at its line where an emptied value has several lines", async () => {
    const file = `sourcedId,homeAddress,name\n1,"${CANARY} 7\r\nBack door\n",Ann\n2,,Bo\n`;
    expect((await scrubbed(Buffer.from(file), 5)).kept.toString()).toBe('sourcedId,homeAddress,name\n1,"\r\n\n",Ann\n2,,Bo\n');
  });

  test("keeps of a record without an end its shape, and stays within memory", async () => {
    const chunk = Buffer.alloc(1024 * 1024, CANARY);
    async function* endless() {
      yield Buffer.from("sourcedId,password\n1,");
      for (let index = 0; index < 64; index++) yield chunk;
    }
    let bytes = 0;
    for await (const part of scrub("users.csv", endless()).kept) {
      bytes += part.length;
      expect(part.includes(CANARY)).toBe(false);
    }
    expect(bytes).toBeGreaterThan(2 * 1024 ** 2);
    expect(bytes).toBeLessThan(4 * 1024 ** 2);
  });
});

describe("the deny-list", () => {
  test.each([
    "password",
    " PassWord ",
    "user_password",
    "passwd",
    "PWEncryptionType",
    "Pwd",
    "metadata.password",
    "Passwort",
    "student-pwd",
  ])("holds %s as a password", (header) => expect(deniedAs(header)).toBe("password"));
  test.each([
    "birthDate",
    "Date of Birth",
    "DOB",
    "sex",
    "Gender",
    "demographicRaceTwoOrMoreRaces",
    "hispanicOrLatinoEthnicity",
    "white",
    "ELL",
  ])("holds %s", (header) => expect(deniedAs(header)).toBe("personal"));
  test.each([
    "ell_status",
    "IEP",
    "504",
    "is504",
    "SSN",
    "Home Address",
    "metadata.birthDate",
    "zip",
    "FRL",
    "student_disability",
    "pronouns",
  ])("holds %s too", (header) => expect(deniedAs(header)).toBe("personal"));
  test.each([
    ...[
      "sourcedId",
      "email",
      "emailAddress",
      "e-mail address",
      "grades",
      "grade",
      "username",
      "givenName",
      "identifier",
      "status",
      "passing",
    ],
    ...[
      "orgSourcedIds",
      "classSourcedId",
      "location",
      "disabled",
      "trace",
      "Essex",
      "sms",
      "phone",
      "primary",
      "termSourcedIds",
      "whiteboard",
    ],
  ])("does not hold %s", (header) => expect(deniedAs(header)).toBeNull());
});

async function scrubbed(file: Buffer, cut: number) {
  const { kept, emptied } = scrub("users.csv", cutInto(file, cut));
  const parts: Buffer[] = [];
  for await (const part of kept) parts.push(part);
  return { kept: Buffer.concat(parts), emptied };
}

async function* cutInto(file: Buffer, cut: number): AsyncIterable<Buffer> {
  for (let at = 0; at < file.length; at += cut) yield file.subarray(at, at + cut);
}

const parsed = (file: Buffer, newline: "\n" | "\r\n" | string): string[][] =>
  Papa.parse<string[]>(file.toString("utf8"), { newline: newline === "\r\n" ? "\r\n" : "\n", delimiter: "," }).data;
