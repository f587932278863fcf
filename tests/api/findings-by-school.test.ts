import { beforeAll, expect, test, vi } from "vitest";
import { badRows } from "@/server/services/issues/bad-rows";
import { listIssues } from "@/server/services/issues/list";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { asFiles, createRunScene, type RunScene } from "./scene";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

databaseWithWorker();
let scene: RunScene;
beforeAll(async () => {
  scene = await createRunScene();
});

const user = (key: string, school: string, enabled = "true"): string =>
  `${key},,,${enabled},${school},student,${key}.login,,Given,${key},,,,,,,,\n`;
const users =
  "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n" +
  user("u1", "s1") +
  user("u1", "s1") +
  user("u2", "s1", "perhaps") +
  // Two errors in one row: one row, two findings.
  user("u3", "s1", "perhaps").replace("student", "pupil") +
  user("u4", "s2", "perhaps") +
  user("u5", "s2") +
  user("u6", '"s2,s1"', "perhaps") +
  user("u7", "s9") +
  user("", "s1") +
  user("u8", "s2").replace("student", "Student");
const files = asFiles({
  "orgs.csv": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\ns1,,,North,school,,\ns2,,,South,school,,\n",
  "users.csv": users,
});

test("every counter of the tie-out by school opens the findings of exactly those rows", async () => {
  const run = await scene.prepare(files);
  const seen: string[] = [];
  for (const { key, entity, counts } of run.schoolsTieOut) {
    for (const outcome of ["rejected", "ignored"] as const) {
      const at = { environment: "preview", run: run.number, entity, school: key, outcome } as const;
      const { rows, tied, total } = await listIssues(scene.owner, at);
      expect(tied).toEqual({ counted: counts[outcome], listed: counts[outcome] });
      expect(total).toBe(rows.length);
      expect(new Set(rows.filter((row) => row.severity !== "warning" || outcome === "ignored").map((row) => row.at)).size).toBe(
        counts[outcome],
      );
      if (rows.length > 0) seen.push(`${key} ${outcome} ${rows.map((row) => `${row.code} ${row.at}`).join(", ")}`);
    }
  }
  expect(seen.sort()).toEqual([
    " rejected REQUIRED users.csv:10",
    "s1 ignored DUPLICATE_ROW users.csv:3",
    "s1 rejected BOOLEAN users.csv:4, BOOLEAN users.csv:5, ENUM users.csv:5",
    "s2 rejected BOOLEAN users.csv:6, BOOLEAN users.csv:8",
    "s9 rejected REF_MISSING users.csv:9",
  ]);
  const whole = await listIssues(scene.owner, { environment: "preview", run: run.number, entity: "users", outcome: "rejected" });
  expect(whole.tied).toEqual({ counted: 6, listed: 6 });

  let csv = "";
  for await (const line of (await badRows(scene.owner, { environment: "preview", run: run.number, school: "s2" })).lines) csv += line;
  expect(
    csv
      .split("\r\n")
      .slice(1, -1)
      .map((line) => line.split(",")[1]),
  ).toEqual(['"6"', '"8"']);
});
