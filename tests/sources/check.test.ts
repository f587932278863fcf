import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { SOURCES } from "@/server/sources";
import { onerosterCsv } from "@/server/sources/oneroster-csv";
import { memoryDelivery, NO_SETTINGS } from "./in-memory";

const textOf = (kind: "templates" | "samples"): Record<string, string> =>
  Object.fromEntries(onerosterCsv.example(kind).map((file) => [file.name, [...file.chunks()].join("")]));
const check = (files: Readonly<Record<string, string | Buffer>>) => onerosterCsv.check(memoryDelivery(files), NO_SETTINGS);

describe("the test of what arrived", () => {
  test("has a line for every file that is read, with its rows", async () => {
    const files = textOf("samples");
    const { lines } = await check(files);
    expect(lines.filter(({ outcome }) => outcome !== "ok")).toEqual([]);
    const users = (files["users.csv"]?.split("\n").length ?? 0) - 2;
    expect(lines).toContainEqual({ label: "users.csv", outcome: "ok", seen: `${users} rows` });
  });

  test("shows each column with how well it is filled, and of people only the shape of a value", async () => {
    const files = textOf("samples");
    const { columns } = await check(files);
    const given = columns.find(({ entity, column }) => entity === "users" && column === "given_name");
    expect(given).toMatchObject({ file: "users.csv", heading: "givenName", filled: given?.of });
    expect(given?.samples).toHaveLength(3);
    const shown = columns.filter(({ entity }) => entity === "users" || entity === "enrollments").flatMap(({ samples }) => samples);
    const people = (files["users.csv"] ?? "")
      .split("\n")
      .slice(1, -1)
      .flatMap((line) => line.split(",").slice(8, 13));
    const names = new Set(people.filter((value) => value.length > 3));
    expect(names.size).toBeGreaterThan(20);
    expect(shown.filter((value) => names.has(value))).toEqual([]);
  });

  test("says cause and fix where a required column is missing, and shows no column then", async () => {
    const files = textOf("samples");
    const { lines, columns } = await check({ ...files, "users.csv": (files["users.csv"] ?? "").replace("orgSourcedIds", "orgs") });
    const failed = lines.find(({ label }) => label === "users.csv");
    expect(failed).toMatchObject({ outcome: "fail", code: "HEADER_MISSING", cause: expect.stringContaining("orgSourcedIds") });
    expect(failed?.fix?.length).toBeGreaterThan(20);
    expect(columns).toEqual([]);
  });

  test("counts rows in error and goes on", async () => {
    const files = textOf("samples");
    const bad = "bad-1,,,true,school-001,teachr,b1,,Ann,Lee,,,,,,,,\n";
    const { lines } = await check({ ...files, "users.csv": `${files["users.csv"]}${bad}` });
    expect(lines.find(({ label }) => label === "users.csv")).toMatchObject({
      outcome: "warning",
      seen: "1 of 136 rows in error",
    });
  });

  test("reads only the beginning of a large file, up to the end of a line", async () => {
    const files = textOf("samples");
    const [header = "", first = ""] = (files["enrollments.csv"] ?? "").split("\n");
    const many = Array.from({ length: 40_000 }, (_, index) => first.replace(/^[^,]*/, `e${index}`));
    const { lines } = await check({ ...files, "enrollments.csv": `${[header, ...many].join("\n")}\n` });
    const line = lines.find(({ label }) => label === "enrollments.csv");
    expect(line?.outcome).toBe("ok");
    const rows = Number(/^the first ([\d,]+) rows$/.exec(line?.seen ?? "")?.[1]?.replaceAll(",", ""));
    expect(rows).toBeGreaterThan(2_000);
    expect(rows).toBeLessThan(40_000);
  });

  test.each(["utf-8", "utf-16le", "utf-16be"])(
    "finds no open quote where it stops inside a value over several lines (%s)",
    async (encoding) => {
      const files = textOf("samples");
      const [header = "", first = ""] = (files["enrollments.csv"] ?? "").split("\n");
      for (const breaks of [80, 160, 320, 640]) {
        const several = first.replace(/student|teacher/, `"$&${"\n".repeat(breaks)}"`);
        const many = Array.from({ length: 8_000 }, (_, index) => several.replace(/^[^,]*/, `e${index}`));
        const text = iconv.encode(`${[header, ...many].join("\n")}\n`, encoding, { addBOM: true });
        const { lines } = await check({ ...files, "enrollments.csv": text });
        const line = lines.find(({ label }) => label === "enrollments.csv");
        expect(line?.seen).toMatch(/^the first [\d,]+ rows$/);
      }
    },
  );

  test("misses no role of the first people of a large 1.2 delivery, whatever the order of roles.csv", async () => {
    const people = Array.from({ length: 30_000 }, (_, index) => `u${index}`);
    const users = people.map((key) => `${key},,,true,${key}.login,Ann,Vega`);
    const roles = people.toReversed().map((key) => `r-${key},,,${key},primary,student,s1`);
    const { lines, columns } = await check({
      "orgs.csv": "sourcedId,status,dateLastModified,name,type\ns1,,,North,school\n",
      "users.csv": `sourcedId,status,dateLastModified,enabledUser,username,givenName,familyName\n${users.join("\n")}\n`,
      "roles.csv": `sourcedId,status,dateLastModified,userSourcedId,roleType,role,orgSourcedId\n${roles.join("\n")}\n`,
    });
    expect(lines.filter(({ outcome }) => outcome !== "ok")).toEqual([]);
    const role = columns.find(({ column }) => column === "primary_role");
    expect(role).toMatchObject({ file: "roles.csv", heading: "role", filled: role?.of, samples: ["student"] });
  });
});

describe("every source", () => {
  test.each(SOURCES.map((source) => [source.label, source] as const))(
    "%s brings samples that its own test finds clean",
    async (_, source) => {
      const files = Object.fromEntries(source.example("samples").map((file) => [file.name, [...file.chunks()].join("")]));
      const { lines } = await source.check(memoryDelivery(files), NO_SETTINGS);
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.filter(({ outcome }) => outcome !== "ok")).toEqual([]);
    },
  );

  test.each(SOURCES.map((source) => [source.label, source] as const))(
    "%s has templates with the headers of its samples and no person",
    (_, source) => {
      const headers = (kind: "templates" | "samples") =>
        source.example(kind).map((file) => [file.name, [...file.chunks()].join("").split("\n")[0]]);
      expect(headers("templates")).toEqual(headers("samples"));
      const rows = source.example("templates").filter((file) => [...file.chunks()].join("").trim().split("\n").length > 1);
      expect(rows.map(({ name }) => name).filter((name) => !name.startsWith("manifest"))).toEqual([]);
    },
  );
});
