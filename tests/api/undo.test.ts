import { beforeAll, expect, test, vi } from "vitest";
import type { Actor } from "@/server/auth/actor";
import { listChanges } from "@/server/services/changes/list";
import { createFeed } from "@/server/services/feeds/create";
import { requestPromotion } from "@/server/services/promotions/confirm";
import { approvePromotion } from "@/server/services/promotions/decide";
import { getPromotion } from "@/server/services/promotions/get";
import { resumeProduction } from "@/server/services/promotions/resume";
import { commitRun } from "@/server/services/runs/commit";
import { overrideRun } from "@/server/services/runs/override";
import { undoRun } from "@/server/services/runs/undo";
import { district } from "@/tests/fixtures/district";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createMember, createStaff } from "@/tests/support/institution";
import { approval, committedScene, digestOf, preview, production, productionRun, seen, until } from "./promotion-scene";
import { asFiles } from "./scene";
import { dayOne, dayTwo } from "./two-days";

vi.setConfig({ testTimeout: 180_000 });

const db = databaseWithWorker();
let approver: Actor;
beforeAll(async () => {
  approver = await createStaff("approver");
});

test("undo: in Preview as a plan, in Production with a reason, which pauses automatic runs and rolls the promotion back", async () => {
  const scene = await committedScene();
  const { owner } = scene;
  const before = await digestOf(scene, "preview");
  // A bad delivery, committed and undone.
  await scene.prepare(asFiles(district()));
  await commitRun(owner, { ...preview, run: 2, selectionVersion: 0 });
  await scene.until(2, ["committed"]);
  const viewer = await createMember(scene.institution, "viewer");
  await expect(undoRun(viewer.member, { ...preview, run: 2 })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await scene.prepare(dayTwo());
  await expect(undoRun(owner, { ...preview, run: 2 })).rejects.toMatchObject({ code: "CONFLICT", data: { waiting: 3 } });
  expect(await undoRun(owner, { ...preview, run: 2, setAside: true })).toEqual({ number: 4 });
  expect(await undoRun(owner, { ...preview, run: 2, setAside: true })).toEqual({ number: 4 });
  const plan = await scene.until(4, ["ready", "held"]);
  expect(plan.trigger).toBe("undo");
  await commitRun(owner, { ...preview, run: 4, selectionVersion: 0 });
  await scene.until(4, ["committed"]);
  expect(await digestOf(scene, "preview")).toBe(before);
  await expect(undoRun(owner, { ...preview, run: 2 })).rejects.toMatchObject({ code: "CONFLICT" });
  // The plan that was set aside is prepared again by itself.
  const again = await scene.until(5, ["ready", "held"]);
  expect(again).toMatchObject({ trigger: "again", againOf: 3 });

  await requestPromotion(owner, { seq: 3 });
  const found = await approval(db, approver, scene);
  await approvePromotion(approver, seen(found));
  await until(scene, "live");
  await productionRun(db, scene, { run: 7, states: ["committed"] });
  await expect(undoRun(owner, { ...production, run: 6 })).rejects.toMatchObject({ code: "INVALID" });
  const { number } = await undoRun(owner, { ...production, run: 6, reason: "The wrong year", setAside: true });
  expect((await getPromotion(owner)).production).toMatchObject({ pausedReason: "The wrong year" });
  const rollback = await productionRun(db, scene, { run: number, states: ["ready", "held"] });
  await db.administrator`update runs set state = 'ready' where institution_id = ${scene.institution.id} and number = ${number}`;
  await commitRun(owner, { ...production, run: number, selectionVersion: rollback.selection.version });
  await until(scene, "rolledBack");
  const [left] =
    await db.administrator`select count(*)::int as n from users where environment_id = ${scene.institution.environments.production.id}
    and status <> 'archived'`;
  expect(left).toEqual({ n: rollback.counts.users.before - rollback.counts.users.archive });
  await resumeProduction(owner);
  expect((await getPromotion(owner)).production.pausedAt).toBeNull();
});

test("where feeds share source keys, an undo says whose record each of its changes is", async () => {
  const scene = await committedScene();
  const { id: feed } = await createFeed(scene.owner, { name: "Summer school", source: "oneroster-csv" });
  await scene.prepare(dayOne(), { feed });
  await commitRun(scene.owner, { ...preview, run: 2, selectionVersion: 0 });
  await scene.until(2, ["committed"]);
  await undoRun(scene.owner, { ...preview, run: 2 });
  await scene.until(3, ["ready", "held"]);
  const feedsOf = async (run: number) => new Set((await listChanges(scene.owner, { ...preview, run })).rows.map((row) => row.feed));
  expect(await feedsOf(3)).toEqual(new Set(["Summer school"]));
  expect(await feedsOf(2)).toEqual(new Set([null]));
});

test("a promotion of feeds that share source keys, classes and enrollments too, is turned back whole", async () => {
  const scene = await committedScene();
  const { owner, institution } = scene;
  const { id: feed } = await createFeed(owner, { name: "Summer school", source: "oneroster-csv" });
  await scene.prepare(dayOne(), { feed });
  await commitRun(owner, { ...preview, run: 2, selectionVersion: 0 });
  await scene.until(2, ["committed"]);
  await requestPromotion(owner, { seq: 2 });
  await approvePromotion(approver, seen(await approval(db, approver, scene)));
  await until(scene, "live");
  for (const followed of [4, 5]) await productionRun(db, scene, { run: followed, states: ["committed"] });
  const { number: run } = await undoRun(owner, { ...production, run: 3, reason: "The wrong year", setAside: true });
  const plan = await productionRun(db, scene, { run, states: ["held"] });
  for (const [hold, { count }] of (plan.verdict?.reasons ?? []).entries())
    await overrideRun(owner, { ...production, run, hold, exit: "approve", typedCount: count });
  await commitRun(owner, { ...production, run, selectionVersion: plan.selection.version });
  await until(scene, "rolledBack");
  for (const table of ["users", "classes", "enrollments"]) {
    const left = await db.administrator`
      select 1 from ${db.administrator(table)} where environment_id = ${institution.environments.production.id} and status <> 'archived'`;
    expect(left).toHaveLength(0);
  }
});
