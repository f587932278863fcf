import { expect, test } from "vitest";
import { checkDelivery } from "@/server/cli/check-delivery";
import { COLUMNS } from "@/server/roster/entities";
import { onerosterCsv } from "@/server/sources/oneroster-csv";
import { collect, memoryDelivery, NO_SETTINGS, readAll, spansOf } from "./in-memory";

const USERS =
  "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n";
const ROLES = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n";
const PROFILES =
  "sourcedId,status,dateLastModified,userSourcedId,profileType,vendorId,applicationId,description,credentialType,username,password\n";
const person = (key: string, given: string, status = ","): string =>
  `${key},${status},true,${key}.login,,${given},Vega,,,,,,,,geheim,,,,,s1,\n`;
const ORGS =
  "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nd,,,District,district,,\ns1,,,North,school,,d\ns2,,,South,school,,d\n";

const manifest = (modes: Readonly<Record<string, string>>): string =>
  `propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n${Object.entries(modes)
    .map(([name, mode]) => `file.${name},${mode}\n`)
    .join("")}`;

const full = {
  "manifest.csv": manifest({ orgs: "bulk", users: "bulk", roles: "bulk", userProfiles: "bulk" }),
  "orgs.csv": ORGS,
  "users.csv": USERS + person("u1", "Ana") + person("u2", "Ben"),
  "roles.csv": `${ROLES}r1,,,u1,primary,districtAdministrator,,,s1,\nr2,,,u1,secondary,teacher,2026-08-01,2027-06-01,s2,\nr3,,,u2,primary,student,,,s2,\n`,
  "userProfiles.csv": `${PROFILES}p1,,,u2,account,vendor.example,app,,password,ben,canary-secret\n`,
};

const people = async (files: Readonly<Record<string, string>>) => {
  const reading = await onerosterCsv.open(memoryDelivery(files), NO_SETTINGS);
  expect(reading.issues.filter((issue) => issue.severity === "refusal")).toEqual([]);
  return reading.readers.filter((reader) => reader.entity === "users");
};
const cell = (cells: readonly (string | null)[] | undefined, column: string) =>
  cells?.[COLUMNS.users.findIndex(({ name }) => name === column)];

test("people of 1.2 come with their roles and profiles, in the order and at the lines of users.csv", async () => {
  const [reader, ...more] = await people(full);
  expect(more).toEqual([]);
  if (!reader) throw new Error("no reader");
  const { rows } = await readAll(reader);
  expect(rows.map(({ sourceKey, line, valid }) => ({ sourceKey, line, valid }))).toEqual([
    { sourceKey: "u1", line: 2, valid: true },
    { sourceKey: "u2", line: 3, valid: true },
  ]);
  expect(cell(rows[0]?.cells, "primary_role")).toBe("administrator");
  expect(cell(rows[0]?.cells, "org_keys")).toBe("s1,s2");
  expect(JSON.parse(cell(rows[0]?.cells, "org_roles") ?? "")).toEqual([
    { key: "r1", org: "s1", role: "districtAdministrator", primary: true, start: null, end: null },
    { key: "r2", org: "s2", role: "teacher", primary: false, start: "2026-08-01", end: "2027-06-01" },
  ]);
  expect(rows[1]?.extras).toContain("vendor.example");
  expect(rows.map(({ cells }) => cell(cells, "external_ids"))).toEqual([null, "{vendor.example:ben}"]);
});

test("a full delivery in which only roles.csv changed gives another hash to that person alone, and rows, lines and spans agree", async () => {
  const changed = { ...full, "roles.csv": full["roles.csv"].replace("u2,primary,student", "u2,primary,aide") };
  const hashes = async (files: Readonly<Record<string, string>>) => {
    const [reader] = await people(files);
    if (!reader) throw new Error("no reader");
    const { rows } = await readAll(reader);
    const spans = await spansOf(reader);
    expect(spans.map(({ hash }) => hash)).toEqual(rows.map(({ hash }) => hash));
    const again = (await collect(reader.at(spans))).flatMap((chunk) => chunk.rows);
    expect(again).toEqual(rows);
    return { shape: reader.shape, hashes: rows.map(({ hash }) => hash) };
  };
  const [before, after] = [await hashes(full), await hashes(changed)];
  expect(after.shape).toBe(before.shape);
  expect(after.hashes[0]).toBe(before.hashes[0]);
  expect(after.hashes[1]).not.toBe(before.hashes[1]);
});

test("another order of roles, another stamp and another password are no change", async () => {
  const lines = full["roles.csv"].trimEnd().split("\n");
  const shuffled = {
    ...full,
    "roles.csv": `${[lines[0], lines[3], lines[2], lines[1]].join("\n")}\n`,
    "users.csv": full["users.csv"].replaceAll("geheim", "other"),
    "userProfiles.csv": full["userProfiles.csv"].replace("canary-secret", "other-secret"),
  };
  const rowsOf = async (files: Readonly<Record<string, string>>) => {
    const [reader] = await people(files);
    return reader ? (await readAll(reader)).rows : [];
  };
  expect(await rowsOf(shuffled)).toEqual(await rowsOf(full));
});

test("a delta that names only a role is an edit of that person's org_roles and nothing else", async () => {
  const stamp = "2026-09-01T00:00:00Z";
  const [reader, ...more] = await people({
    "manifest.csv": manifest({ roles: "delta" }),
    "roles.csv": `${ROLES}r9,active,${stamp},u2,secondary,proctor,,,s1,\nr3,tobedeleted,${stamp},u2,primary,student,,,s2,\n`,
  });
  expect(more).toEqual([]);
  expect(reader).toMatchObject({
    file: "roles.csv",
    mode: "delta",
    columns: ["primary_role", "org_keys", "org_roles"],
    merged: ["org_roles"],
  });
  if (!reader) return;
  const { rows } = await readAll(reader);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ sourceKey: "u2", line: -2, partial: "roles.csv", valid: true, status: "active" });
  expect(JSON.parse(cell(rows[0]?.cells, "org_roles") ?? "")).toEqual([
    { key: "r3", deleted: true },
    { key: "r9", org: "s1", role: "proctor", primary: false, start: null, end: null },
  ]);
});

test("people of a delta, and those whom only its roles.csv names, come in one reader", async () => {
  const stamp = "2026-09-01T00:00:00Z";
  const [reader, ...more] = await people({
    "manifest.csv": manifest({ users: "delta", roles: "delta" }),
    "users.csv": USERS + person("u5", "Eve", `active,${stamp}`),
    "roles.csv": `${ROLES}r5,active,${stamp},u5,primary,student,,,s2,\nr9,active,${stamp},u2,secondary,proctor,,,s1,\n`,
  });
  expect(more).toEqual([]);
  if (!reader) throw new Error("no reader");
  const { rows } = await readAll(reader);
  expect(rows.map(({ sourceKey, line, partial }) => ({ sourceKey, line, partial }))).toEqual([
    { sourceKey: "u5", line: 2, partial: undefined },
    { sourceKey: "u2", line: -3, partial: "roles.csv" },
  ]);
  expect([cell(rows[0]?.cells, "primary_role"), cell(rows[0]?.cells, "org_keys")]).toEqual(["student", "s2"]);
});

test("what a check finds in roles alone stands at their line of roles.csv", async () => {
  const files = {
    "manifest.csv": manifest({ roles: "delta" }),
    "roles.csv": `${ROLES}r9,active,2026-09-01T00:00:00Z,u2,secondary,proctor,,,s1,\n`,
  };
  const { issues } = await checkDelivery(onerosterCsv, memoryDelivery(files), { settings: NO_SETTINGS });
  expect(issues.map(({ code, at }) => `${code} ${at}`)).toEqual(["REF_UNVERIFIED roles.csv:2"]);
});

test("the same role or profile of a person twice is read once, and said", async () => {
  const again = (name: "roles.csv" | "userProfiles.csv", line: number) => `${full[name]}${full[name].split("\n")[line - 1]}\n`;
  const [reader] = await people({ ...full, "roles.csv": again("roles.csv", 2), "userProfiles.csv": again("userProfiles.csv", 2) });
  const [once] = await people(full);
  if (!reader || !once) throw new Error("no reader");
  const { rows, issues } = await readAll(reader);
  const content = ({ rows: all }: Awaited<ReturnType<typeof readAll>>) => all.map(({ valid, cells, extras }) => ({ valid, cells, extras }));
  expect(content({ rows, issues, blank: 0 })).toEqual(content(await readAll(once)));
  expect(issues.filter(({ code }) => code === "DUPLICATE_ROW").map(({ at, sourceKey }) => `${at} ${sourceKey}`)).toEqual([
    "roles.csv:5 u1",
    "userProfiles.csv:3 u2",
  ]);
});

test("a role that names nobody of a full users.csv is an error at its place in roles.csv", async () => {
  const [reader] = await people({ ...full, "roles.csv": `${full["roles.csv"]}r4,,,u7,primary,student,,,s2,\n` });
  if (!reader) throw new Error("no reader");
  const { rows, issues } = await readAll(reader);
  expect(rows).toHaveLength(2);
  expect(issues).toEqual(expect.arrayContaining([expect.objectContaining({ code: "REF_MISSING", at: "roles.csv:5", seen: "u7" })]));
});

test("a bad role rejects its person, and a person without a role is not loaded from a full list", async () => {
  const roles = `${ROLES}r1,,,u1,primary,headmaster,,,s1,\n`;
  const [reader] = await people({ ...full, "roles.csv": roles });
  if (!reader) throw new Error("no reader");
  const { rows, issues } = await readAll(reader);
  expect(rows.map(({ valid, sourceKey }) => ({ valid, sourceKey }))).toEqual([
    { valid: false, sourceKey: "u1" },
    { valid: false, sourceKey: "u2" },
  ]);
  expect(issues.filter((issue) => issue.severity === "error").map(({ code, at }) => `${code} ${at}`)).toEqual([
    "REQUIRED users.csv:3",
    "ENUM roles.csv:2",
  ]);
});

test("a password of a profile or a person is in no row, no issue and no spooled file", async () => {
  const written: string[] = [];
  const delivery = memoryDelivery(full);
  const spool = {
    write: async (name: string, chunks: AsyncIterable<Buffer>) => {
      const file = await delivery.spool.write(name, chunks);
      for await (const chunk of file.read()) written.push(chunk.toString());
      return file;
    },
  };
  const reading = await onerosterCsv.open({ ...delivery, spool }, NO_SETTINGS);
  const said = JSON.stringify([reading.issues, await Promise.all(reading.readers.map(readAll)), written]);
  expect(said).not.toMatch(/canary-secret|geheim/);
  expect(said).toContain("PASSWORD_IGNORED");
});
