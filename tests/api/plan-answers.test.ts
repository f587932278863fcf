import { expect, test, vi } from "vitest";
import { chooseChanges } from "@/server/services/changes/choose";
import { listChanges } from "@/server/services/changes/list";
import { commitRun } from "@/server/services/runs/commit";
import { discardRun } from "@/server/services/runs/discard";
import { district, file } from "@/tests/fixtures/district";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { asFiles, createRunScene } from "./scene";

// Each test is a handful of whole syncs.
vi.setConfig({ testTimeout: 180_000 });

const db = databaseWithWorker();

const preview = { environment: "preview" } as const;
const newcomer = (key: string, day: string) => ({
  name: "users.csv",
  content: `${file("users.csv").split("\n")[0]}\n${key},active,${day}T00:00:00.000Z,true,s1,student,${key},,New,${key},,,,,,,09,\n`,
});

test("a plan of which everything is refused can be committed: nothing changes, and the refusals stay with their name", async () => {
  const scene = await createRunScene();
  await scene.prepare(asFiles(district()), { autoCommit: true });
  const changed = asFiles(district({ "users.csv": file("users.csv").replaceAll("Tran", "Trần") }));
  const plan = await scene.prepare(changed);
  const { selection } = await chooseChanges(scene.owner, { ...preview, run: 2, selectionVersion: 0, scope: { kind: "all" }, on: false });
  expect(selection.offCauses.person).toBeGreaterThan(0);
  expect((await scene.report(plan.number)).next).toEqual({ canCommit: true, whyNot: null });
  await commitRun(scene.owner, { ...preview, run: 2, selectionVersion: selection.version });
  const committed = await scene.until(2, ["committed"]);
  expect(committed.counts.users).toMatchObject({ edit: 0, refused: selection.offCauses.person });

  const again = await scene.prepare(changed);
  expect(again.selection.on.edit).toBe(0);
  expect(again.selection.offCauses.before).toBe(selection.offCauses.person);
  const { rows } = await listChanges(scene.owner, { ...preview, run: again.number, show: "off" });
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows)
    expect(row).toMatchObject({ cause: "before", causeText: expect.stringMatching(/^refused by .+ on .+ and came back the same$/) });
});

test.each([
  ["keep", 2, "1 delivery of changes kept for the next run"],
  ["drop", 1, "1 delivery of changes dropped for good"],
] as const)("a discarded delivery of changes: %s", async (answer, taken, said) => {
  const scene = await createRunScene();
  const bulk = await scene.prepare(asFiles(district()), { autoCommit: true });
  expect(bulk.deltaDeliveries).toBe(0);
  const first = await scene.prepare([newcomer("n1", "2026-09-01")]);
  expect(first.deltaDeliveries).toBe(1);
  await discardRun(scene.owner, { ...preview, run: 2, deliveries: answer });
  const discarded = await scene.until(2, ["discarded"]);
  expect(discarded.timeline.map(({ text }) => text)).toContain(said);
  const [entry] = await db.administrator<{ detail: unknown }[]>`
    select detail from audit where institution_id = ${scene.institution.id} and verb = 'run.discard'`;
  expect(entry?.detail).toEqual({ deliveries: answer, count: 1 });

  const next = await scene.prepare([newcomer("n2", "2026-09-02")]);
  expect(next.deliveries).toHaveLength(taken);
  expect(next.counts.users.add).toBe(taken);
});

test("a discarded full list asks nothing and keeps nothing from the next run", async () => {
  const scene = await createRunScene();
  await scene.prepare(asFiles(district()));
  await discardRun(scene.owner, { ...preview, run: 1, deliveries: "drop" });
  const discarded = await scene.until(1, ["discarded"]);
  expect(discarded.deltaDeliveries).toBe(0);
  expect(discarded.timeline.map(({ text }) => text).join()).not.toMatch(/dropped|kept/);
  const next = await scene.prepare([newcomer("n1", "2026-09-01")]);
  expect(next.deliveries).toHaveLength(2);
});
