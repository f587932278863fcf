import { expect, test } from "vitest";
import { chooseChanges } from "@/server/services/changes/choose";
import { listChanges } from "@/server/services/changes/list";
import { getRecord } from "@/server/services/roster/get";
import { listRoster } from "@/server/services/roster/list";
import { commitRun } from "@/server/services/runs/commit";
import { district, file } from "@/tests/fixtures/district";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { asFiles, createRunScene } from "./scene";

databaseWithWorker();

const preview = { environment: "preview" } as const;

test("an upload is prepared, one change is refused, the rest is committed, and the next delivery is compared with that", async () => {
  const scene = await createRunScene();
  const { owner } = scene;
  const first = await scene.prepare(asFiles(district()));
  expect(first).toMatchObject({ number: 1, state: "ready", kind: "full", next: { canCommit: true, whyNot: null } });
  expect(first.counts.users).toMatchObject({ read: 3, add: 3, before: 0 });
  expect(first.files.map(({ name, mode }) => [name, mode])).toContainEqual(["users.csv", "bulk"]);

  const page = await listChanges(owner, { ...preview, run: 1, entity: "users" });
  expect(page.rows.map((row) => [row.sourceKey, row.action, row.name, row.on])).toEqual([
    ["u1", "add", "Ana Vega", true],
    ["u2", "add", "Ben Okafor", true],
    ["u3", "add", "Chi Tran", true],
  ]);

  const refused = await chooseChanges(owner, {
    ...preview,
    run: 1,
    selectionVersion: 0,
    scope: { kind: "rows", rows: [{ entity: "users", sourceKey: "u3" }] },
    on: false,
  });
  expect(refused.statement).toBe("1 change is left out. 1 enrollment waits with it.");
  expect(await commitRun(owner, { ...preview, run: 1, selectionVersion: 1 })).toEqual({ state: "committing" });
  const committed = await scene.until(1, ["committed"]);
  expect(committed.commitSeq).toBe(1);

  const students = await listRoster(owner, { ...preview, kind: "students" });
  expect(students.rows.map((row) => row.name)).toEqual(["Ben Okafor"]);
  const ben = await getRecord(owner, { ...preview, kind: "students", sourcedId: "u2" });
  expect(ben.enrollments.map((line) => [line.other.name, line.state])).toEqual([["Biology 1", "active"]]);
  expect(ben.history.map((entry) => entry.kind)).toEqual(["committed"]);

  const second = await scene.prepare(
    asFiles(district({ "users.csv": file("users.csv", [{ sourcedId: "u4", username: "dee", givenName: "Dee", familyName: "Ito" }]) })),
    { kind: "quick" },
  );
  expect(second).toMatchObject({ number: 2, state: "ready", kind: "quick" });
  const again = await listChanges(owner, { ...preview, run: 2 });
  expect(again.rows.map((row) => [row.entity, row.sourceKey, row.action, row.on, row.cause])).toEqual([
    ["users", "u3", "add", false, "before"],
    ["users", "u4", "add", true, undefined],
    ["enrollments", "e3", "add", false, "follows"],
  ]);
  await commitRun(owner, { ...preview, run: 2, selectionVersion: 0 });
  await scene.until(2, ["committed"]);
  const after = await listRoster(owner, { ...preview, kind: "students" });
  expect(after.rows.map((row) => row.name)).toEqual(["Dee Ito", "Ben Okafor"]);
}, 60_000);
