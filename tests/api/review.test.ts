import Papa from "papaparse";
import { beforeAll, describe, expect, test } from "vitest";
import { answerActions, answerBadRows } from "@/server/downloads/run-downloads";
import type { Change } from "@/server/roster/change";
import { chooseChanges } from "@/server/services/changes/choose";
import { downloadChanges } from "@/server/services/changes/download";
import { listChanges } from "@/server/services/changes/list";
import { summarizeChanges } from "@/server/services/changes/summary";
import { undoChoices } from "@/server/services/changes/undo";
import { badRows } from "@/server/services/issues/bad-rows";
import { listIssues } from "@/server/services/issues/list";
import { countRoster } from "@/server/services/roster/counts";
import { getRecord } from "@/server/services/roster/get";
import { listRoster } from "@/server/services/roster/list";
import { listSchools } from "@/server/services/roster/schools";
import { commitRun } from "@/server/services/runs/commit";
import type { RunReport } from "@/server/services/runs/report";
import { HEADERS } from "@/tests/fixtures/district";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createRunScene, type RunScene } from "./scene";
import { allOf, dayOne, dayTwo } from "./two-days";

databaseWithWorker();
let scene: RunScene;
let second: RunReport;

const preview = { environment: "preview" } as const;
const two = { ...preview, run: 2 };

beforeAll(async () => {
  scene = await createRunScene();
  await scene.prepare(dayOne(), { autoCommit: true });
  second = await scene.prepare(dayTwo());
}, 120_000);

const rowsOf = async (filter: Omit<Parameters<typeof listChanges>[1], "environment" | "run"> = {}) =>
  (await listChanges(scene.owner, { ...two, ...filter })).rows;
const keys = (rows: readonly { action: Change["action"]; sourceKey: string }[]) => rows.map((one) => `${one.action} ${one.sourceKey}`);

describe("the report", () => {
  test("ties out: every row that was read went somewhere, per file and per school", () => {
    for (const { counts } of [...second.files.filter(({ entity }) => entity !== null), ...second.schoolsTieOut]) {
      const asked = counts.archive - counts.absent;
      const { read, add, edit, reactivate, rekey, unchanged, rejected, refused, ignored } = counts;
      expect(read).toBe(add + edit + asked + reactivate + rekey + unchanged + rejected + refused + ignored);
    }
    expect(second.counts.users).toMatchObject({ read: 4, add: 1, edit: 1, archive: 1, unchanged: 1, rejected: 1, before: 3 });
    expect(second.people).toMatchObject({ students: { add: 1, edit: 1, archive: 1 }, teachers: { unchanged: 1 } });
    expect(second.enrollments).toMatchObject({ futureDated: 1 });
    expect(second.issues.map(({ code, severity, firstAt }) => [severity, code, firstAt])).toEqual(
      expect.arrayContaining([
        ["error", "ENUM", "users.csv:5"],
        ["error", "REF_MISSING", "enrollments.csv:5"],
        ["warning", "EMAIL_INVALID", "users.csv:4"],
      ]),
    );
  });

  test("findings come one by one, with their place, by code and entity", async () => {
    const found = await listIssues(scene.owner, { ...two, severity: "error" });
    expect(found.rows.map(({ code, at }) => [code, at])).toEqual(expect.arrayContaining([["ENUM", "users.csv:5"]]));
    expect(found.total).toBe(found.rows.length);
    const page = await listIssues(scene.owner, { ...two, limit: 1 });
    const next = await listIssues(scene.owner, { ...two, limit: 1, after: page.nextCursor });
    expect(next.rows[0]).not.toEqual(page.rows[0]);
    expect((await listIssues(scene.owner, { ...two, text: "nobody" })).rows).toHaveLength(1);
  });
});

describe("the action list", () => {
  test("shows archives first, only what changes, old and new by name, and why", async () => {
    const rows = await rowsOf();
    expect(keys(rows)).toEqual(["archive k2", "archive u3", "archive e3", "add k3", "add u4", "add e4", "edit u2"]);
    const by = new Map(rows.map((one) => [one.sourceKey, one]));
    expect(by.get("u2")).toMatchObject({
      name: "Benjamin Okafor",
      person: "student",
      school: "Maple Grove School",
      fields: [{ field: "given_name", before: "Ben", after: "Benjamin" }],
      why: "matched by source key",
      place: "users.csv:3",
      sourcedId: "u2",
    });
    expect(by.get("u3")).toMatchObject({
      fields: [{ field: "status", before: "active", after: "archived" }],
      reason: "absent",
      why: "not in users.csv",
      place: null,
      follows: { enrollments: 1 },
    });
    expect(by.get("u4")?.warnings.map(({ code }) => code)).toEqual(["EMAIL_INVALID"]);
    expect(by.get("e4")).toMatchObject({ name: "Dee Ito in Chemistry", sourcedId: null });
    expect(by.get("k3")?.fields).toContainEqual({ field: "school_key", before: null, after: "Maple Grove School", afterKey: "s1" });
  });

  test("is filtered by entity, person, action, school, text and warning", async () => {
    expect(keys(await rowsOf({ entity: "classes" }))).toEqual(["archive k2", "add k3"]);
    expect(keys(await rowsOf({ person: "students" }))).toEqual(["archive u3", "add u4", "edit u2"]);
    expect(keys(await rowsOf({ person: "teachers" }))).toEqual([]);
    expect(keys(await rowsOf({ action: "edit" }))).toEqual(["edit u2"]);
    expect(keys(await rowsOf({ school: "s2" }))).toEqual([]);
    expect(await rowsOf({ school: "s1" })).toHaveLength(7);
    expect(keys(await rowsOf({ text: "okaf" }))).toEqual(["edit u2"]);
    expect(keys(await rowsOf({ text: "dee ito" }))).toEqual(["add u4", "add e4"]);
    expect(keys(await rowsOf({ text: "chem" }))).toEqual(["add k3"]);
    expect(keys(await rowsOf({ show: "warning" }))).toEqual(["add u4"]);
    expect(keys(await rowsOf({ text: "%" }))).toEqual([]);
  });

  test("takes along what depends on a choice, says so, and takes it back", async () => {
    const out = await chooseChanges(scene.owner, {
      ...two,
      selectionVersion: 0,
      scope: { kind: "rows", rows: [{ entity: "classes", sourceKey: "k3" }] },
      on: false,
    });
    expect(out).toMatchObject({
      version: 1,
      statement: "1 change is left out. 1 enrollment waits with it.",
      selection: { off: { add: 2 } },
    });
    const [, waiting] = await rowsOf({ show: "off" });
    expect(waiting).toMatchObject({
      sourceKey: "e4",
      on: false,
      cause: "follows",
      causeText: "waits for the class Chemistry, which is left out",
      canToggle: false,
    });
    const alone = await chooseChanges(scene.owner, {
      ...two,
      selectionVersion: 1,
      scope: { kind: "rows", rows: [{ entity: "enrollments", sourceKey: "e4" }] },
      on: true,
    });
    expect(alone).toMatchObject({ version: 1, statement: "Nothing more can be selected here." });

    const archives = await chooseChanges(scene.owner, {
      ...two,
      selectionVersion: 1,
      scope: { kind: "filter", action: "archive", entity: "enrollments" },
      on: false,
    });
    expect(archives.statement).toBe(
      "1 archive in this filter is left out. 1 class and 1 person wait with it.".replace("1 class and 1 person wait", "1 person waits"),
    );
    const kept = (await rowsOf({ entity: "users", action: "archive" }))[0];
    expect(kept).toMatchObject({ on: false, cause: "follows", causeText: "still named by 1 enrollment that stays" });

    const summary = await summarizeChanges(scene.owner, two);
    expect(summary).toMatchObject({ lastAct: { version: 2, by: "Dana Whitfield" }, selection: { on: { archive: 1, add: 1, edit: 1 } } });
    const undone = await undoChoices(scene.owner, { ...two, version: 2 });
    expect(undone).toMatchObject({ version: 3, selection: { off: { archive: 0, add: 2 } } });
    const all = await chooseChanges(scene.owner, { ...two, selectionVersion: 3, scope: { kind: "all" }, on: true });
    expect(all.statement).toBe("The only change is selected again. 1 enrollment comes along.");
    expect(all.selection.off).toEqual({ archive: 0, add: 0, edit: 0, reactivate: 0, rekey: 0 });
    await expect(undoChoices(scene.owner, { ...two, version: 2 })).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

describe("downloads", () => {
  const at = (run: number) => ({ institution: scene.institution.slug, environment: "preview", run: String(run) });
  const asked = (path: string, cookie?: string) =>
    new Request(`http://localhost:3000${path}`, cookie === undefined ? {} : { headers: { cookie } });

  test("send who is not signed in to the sign-in page", async () => {
    for (const answer of [answerActions, answerBadRows]) {
      const response = await answer(asked("/i/x/preview/runs/2/actions.csv?text=a"), at(2));
      expect(response.status).toBe(307);
      expect(response.headers.get("location")).toBe("/login?to=%2Fi%2Fx%2Fpreview%2Fruns%2F2%2Factions.csv%3Ftext%3Da");
    }
  });

  test("hold the bad rows in the file's own columns with their reasons, without passwords, and no formula", async () => {
    const { fileName, lines } = await badRows(scene.owner, { ...two, file: "users.csv" });
    expect(fileName).toBe("run-2-users-bad-rows.csv");
    const text = (await allOf(lines)).join("");
    const { data } = Papa.parse<Record<string, string>>(text.trim(), { header: true });
    expect(Object.keys(data[0] ?? {})).toEqual(["file", "line", "reason", ...HEADERS["users.csv"].split(",")]);
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({
      line: "5",
      sourcedId: "u5",
      reason: expect.stringMatching(/^ENUM \(role\): /),
      givenName: "'=HYPERLINK(1)",
      familyName: "Nguyễn",
      password: "",
    });
    const every = (await allOf((await badRows(scene.owner, two)).lines)).join("");
    expect(
      Papa.parse<string[]>(every.trim())
        .data.slice(1)
        .map(([name, line]) => `${name}:${line}`),
    ).toEqual(["users.csv:5", "enrollments.csv:5"]);
    await expect(badRows(scene.owner, { ...two, file: "orgs.csv" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(badRows(scene.owner, { ...preview, run: 1 })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("hold the action list as its filter shows it", async () => {
    const text = (await allOf((await downloadChanges(scene.owner, { ...two, entity: "users" })).lines)).join("");
    const { data } = Papa.parse<Record<string, string>>(text.trim(), { header: true });
    expect(data.map((one) => [one.action, one["source key"], one.changes, one.selected])).toEqual([
      ["archive", "u3", "status: active → archived", "yes"],
      ["add", "u4", expect.stringContaining("family_name: (blank) → Ito"), "yes"],
      ["edit", "u2", "given_name: Ben → Benjamin", "yes"],
    ]);
  });
});

describe("the roster", () => {
  test("before the second commit is that of the first, with what waits", async () => {
    const ben = await getRecord(scene.owner, { ...preview, kind: "students", sourcedId: "u2" });
    expect(ben).toMatchObject({ name: "Ben Okafor", waiting: { run: 2 }, enrollments: [{ state: "starts 12 Jan 2199", tone: "later" }] });
    expect(ben.history[0]).toMatchObject({
      kind: "planned",
      action: "edit",
      run: 2,
      text: "Would change by run 2, not committed yet",
      fields: [{ field: "given_name", before: "Ben", after: "Benjamin" }],
      place: "users.csv:3",
    });
    const chi = await getRecord(scene.owner, { ...preview, kind: "students", sourcedId: "u3" });
    expect(chi.enrollments).toMatchObject([{ state: "ended 20 Dec 2020", tone: "ended" }]);
    await expect(getRecord(scene.owner, { ...preview, kind: "students", sourcedId: "u1" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("after it keeps whoever left as archived, tells every earlier name, and who left whom out", async () => {
    await chooseChanges(scene.owner, {
      ...two,
      selectionVersion: 4,
      scope: { kind: "rows", rows: [{ entity: "classes", sourceKey: "k3" }] },
      on: false,
    });
    await commitRun(scene.owner, { ...two, selectionVersion: 5 });
    await scene.until(2, ["committed"]);
    const names = async (more: { archived?: boolean; text?: string; school?: string } = {}) =>
      (await listRoster(scene.owner, { ...preview, kind: "students", ...more })).rows.map((one) => one.name);
    expect(await names()).toEqual(["Dee Ito", "Benjamin Okafor"]);
    expect(await names({ archived: true })).toEqual(["Dee Ito", "Benjamin Okafor", "Chi Tran"]);
    expect(await names({ text: "njamin" })).toEqual(["Benjamin Okafor"]);
    expect(await names({ text: "it" })).toEqual(["Dee Ito"]);
    expect(await names({ school: "s2" })).toEqual([]);
    expect((await countRoster(scene.owner, preview)).counts).toMatchObject({ students: 2, teachers: 1, classes: 1, schools: 2 });
    expect((await listSchools(scene.owner, preview)).map(({ name }) => name)).toEqual(["Cedar Ridge School", "Maple Grove School"]);
    const classes = await listRoster(scene.owner, { ...preview, kind: "classes", archived: true });
    expect(classes.rows).toMatchObject([
      { name: "Biology 1", teachers: ["Ana Vega"], students: 1, status: "active", school: "Maple Grove School", course: "Biology" },
      { name: "Biology 2", status: "archived" },
    ]);

    const ben = await getRecord(scene.owner, { ...preview, kind: "students", sourcedId: "u2" });
    expect(ben).toMatchObject({ name: "Benjamin Okafor", earlierNames: ["Ben Okafor"], waiting: null });
    expect(ben.history.map(({ kind, action }) => [kind, action])).toEqual([
      ["committed", "edit"],
      ["committed", "add"],
    ]);
    const ana = await getRecord(scene.owner, { ...preview, kind: "teachers", sourcedId: "u1" });
    expect(ana.history[0]).toMatchObject({ kind: "seen", run: 2, text: "Seen in users.csv, nothing to change" });
    const dee = await getRecord(scene.owner, { ...preview, kind: "students", sourcedId: "u4" });
    expect(dee.enrollments).toEqual([]);
    expect(dee.history.map(({ kind, text }) => [kind, text])).toEqual(
      expect.arrayContaining([
        ["leftOut", expect.stringMatching(/^Enrollment in .* was left out by Dana Whitfield, because it cannot stand/)],
        ["issue", expect.any(String)],
      ]),
    );
  });

  test("the committed run lists what it did, and what was left out of it", async () => {
    const report = await scene.report(2);
    expect(report.counts.classes).toMatchObject({ add: 0, refused: 1 });
    expect(keys(await rowsOf({ entity: "users" }))).toEqual(["archive u3", "add u4", "edit u2"]);
    expect(report.selection.off.add).toBe(2);
    const refused = await rowsOf({ show: "off", limit: 1 });
    expect(refused).toMatchObject([{ sourceKey: "k3", on: false, causeText: "left out by Dana Whitfield", canToggle: false }]);
    const { nextCursor } = await listChanges(scene.owner, { ...two, show: "off", limit: 1 });
    expect(await rowsOf({ show: "off", after: nextCursor })).toMatchObject([{ sourceKey: "e4", name: "Dee Ito in k3", cause: "follows" }]);
  });
});
