import { beforeAll, expect, test, vi } from "vitest";
import { exportRows } from "@/server/services/roster/export";
import { getRecord } from "@/server/services/roster/get";
import { listRoster } from "@/server/services/roster/list";
import { district, file } from "@/tests/fixtures/district";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { asFiles, createRunScene, type RunScene } from "./scene";

vi.setConfig({ testTimeout: 120_000 });

databaseWithWorker();
let scene: RunScene;
const preview = { environment: "preview" } as const;

beforeAll(async () => {
  scene = await createRunScene();
  const orgs = file("orgs.csv", [
    { sourcedId: "n1", name: "North", type: "school" },
    { sourcedId: "n2", name: "South", type: "school" },
  ]);
  const users = file("users.csv", [
    { sourcedId: "p1", role: "teacher", orgSourcedIds: "n2,n1", username: "pia", givenName: "Pia", familyName: "Ek", grades: "" },
    { sourcedId: "p2", role: "student", orgSourcedIds: "n1", username: "per", givenName: "Per", familyName: "Ek" },
  ]);
  await scene.prepare(asFiles(district({ "orgs.csv": orgs, "users.csv": users })), { autoCommit: true });
}, 120_000);

const role = (org: string, word: string, primary: boolean) => ({ key: org, org, role: word, primary, start: null, end: null });

test("a person of OneRoster 1.1 has their role at each of their schools, the first one primary", async () => {
  const roles: Record<string, unknown> = {};
  for await (const page of exportRows(scene.owner, { ...preview, entity: "users" })) {
    for (const row of page) roles[row.sourceKey ?? ""] = JSON.parse(row.orgRoles ?? "null");
  }
  expect(roles).toMatchObject({ p1: [role("n2", "teacher", true), role("n1", "teacher", false)], p2: [role("n1", "student", true)] });
  const { fields } = await getRecord(scene.owner, { ...preview, kind: "teachers", sourcedId: "p1" });
  expect(fields).toContainEqual({ field: "org_roles", value: "teacher at South, teacher at North" });
});

test("such a person stands in the lists of every school, and is counted once, under the first", async () => {
  const at = async (school: string) => {
    const { rows } = await listRoster(scene.owner, { ...preview, kind: "teachers", school });
    return rows.map((row) => row.sourceKey);
  };
  expect([await at("n1"), await at("n2")]).toEqual([["p1"], ["p1"]]);
  const { schoolsTieOut } = await scene.report(1);
  const added = Object.fromEntries(schoolsTieOut.filter(({ entity }) => entity === "users").map(({ key, counts }) => [key, counts.add]));
  expect(added).toEqual({ n1: 1, n2: 1, s1: 3 });
});
