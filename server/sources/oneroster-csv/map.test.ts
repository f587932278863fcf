import { expect, test } from "vitest";
import { COLUMNS } from "@/server/roster/entities";
import { collectFindings } from "@/server/roster/findings";
import type { FileMode } from "@/server/roster/run";
import { fileColumns } from "./columns";
import { readHeader } from "./header";
import { rowMap } from "./map";

const HEADER =
  "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password";

/** Reads one line of users.csv (no quotes in it) as a file of the mode would. */
function read(
  line: string,
  { mode = "bulk", saidDelta = false, header = HEADER }: { mode?: FileMode; saidDelta?: boolean; header?: string } = {},
) {
  const columns = fileColumns("users", { version: "1.1", dateOrder: "MDY" });
  const findings = collectFindings("users.csv", "users");
  const map = rowMap(
    "users",
    { header: readHeader(header.split(","), columns, { file: "users.csv", entity: "users" }).header, columns, mode, saidDelta },
    findings,
  );
  const row = map(line.split(","), { line: 7, hash: "h" });
  const cells = Object.fromEntries(COLUMNS.users.map(({ name }, index) => [name, row.cells[index] ?? null]));
  return { row, cells, codes: [...findings.take(), ...findings.takeCounted()].map(({ code, column }) => `${code} ${column ?? ""}`.trim()) };
}

test("a person lands in the columns of the roster, whatever the order of the file's columns", () => {
  const straight = read("u1,,,true,s1,teacher,ana,{LDAP:a},Ana,Vega,M,T1,a@x.example,1,2,u2,09,");
  expect(straight.codes).toEqual([]);
  expect(straight.cells).toEqual({
    given_name: "Ana",
    family_name: "Vega",
    middle_name: "M",
    preferred_given_name: null,
    preferred_middle_name: null,
    preferred_family_name: null,
    username: "ana",
    email: "a@x.example",
    identifier: "T1",
    grades: "09",
    enabled: "true",
    primary_role: "teacher",
    org_keys: "s1",
    org_roles: null,
    external_ids: "{LDAP:a}",
    sms: "1",
    phone: "2",
    agent_keys: "u2",
  });
  const reversed = read("u1,,,true,s1,teacher,ana,{LDAP:a},Ana,Vega,M,T1,a@x.example,1,2,u2,09,".split(",").reverse().join(","), {
    header: HEADER.split(",").reverse().join(","),
  });
  expect(reversed.row).toEqual(straight.row);
});

test("enabledUser false is a person who is present and switched off", () => {
  expect(read("u1,,,false,s1,teacher,ana,,Ana,Vega,,,,,,,,").row).toMatchObject({ valid: true, status: "inactive" });
});

const deleted = "u1,tobedeleted,2026-09-01T08:00:00+02:00,,,,,,,,,,,,,,,";

test("what is to be deleted needs only its key, and only in a delta", () => {
  expect(read(deleted, { mode: "delta", saidDelta: true })).toMatchObject({
    row: { valid: true, sourceKey: "u1", status: "tobedeleted", modifiedAt: "2026-09-01T06:00:00.000Z" },
    codes: [],
  });
});

test.each(["bulk", "undecided"] as const)("in a file read as %s nothing is asked to be archived by its status", (mode) => {
  const line = "u1,tobedeleted,,true,s1,teacher,ana,,Ana,Vega,,,,,,,,";
  expect(read(line, { mode }).row).toMatchObject({ valid: true, status: "active" });
});

test("a delta that says so needs status and stamp in every row", () => {
  expect(read("u1,,,true,s1,teacher,ana,,Ana,Vega,,,,,,,,", { mode: "delta", saidDelta: true })).toMatchObject({
    row: { valid: false },
    codes: ["REQUIRED status", "REQUIRED dateLastModified"],
  });
});

test("a row that cannot be loaded still says whose it is, where that can be told", () => {
  expect(read("u1,,,true,s1,teachr,ana,,Ana,Vega,,,,,,,,").row).toMatchObject({ valid: false, sourceKey: "u1" });
  expect(read("u1,,,true").row).toMatchObject({ valid: false, sourceKey: "u1" });
  expect(read("1.5E+11,,,true,s1,teacher,ana,,Ana,Vega,,,,,,,,").row).toMatchObject({ valid: false, sourceKey: null });
});

test("every error of a row is told, not only the first", () => {
  expect(read("u1,,,perhaps,,king,,{x,Ana,Vega,,,,,,,,").codes).toEqual(
    expect.arrayContaining(["BOOLEAN enabledUser", "REQUIRED orgSourcedIds", "ENUM role", "REQUIRED username", "USER_IDS userIds"]),
  );
});

test("a password is counted and shown nowhere", () => {
  const { row, codes, cells } = read("u1,,,true,s1,teacher,ana,,Ana,Vega,,,,,,,,canary");
  expect(codes).toEqual(["PASSWORD_IGNORED password"]);
  expect(JSON.stringify([row, cells])).not.toContain("canary");
});
