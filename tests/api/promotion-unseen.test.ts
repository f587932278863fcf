import { beforeAll, expect, test, vi } from "vitest";
import type { Actor } from "@/server/auth/actor";
import { setPortalMode } from "@/server/services/organizations/set-mode";
import { requestPromotion } from "@/server/services/promotions/confirm";
import { approvePromotion } from "@/server/services/promotions/decide";
import { getPromotion } from "@/server/services/promotions/get";
import { commitRun } from "@/server/services/runs/commit";
import { discardRun } from "@/server/services/runs/discard";
import { startRun } from "@/server/services/runs/start";
import { undoRun } from "@/server/services/runs/undo";
import { district, HEADERS, row } from "@/tests/fixtures/district";
import { callerAs } from "@/tests/support/caller";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createStaff } from "@/tests/support/institution";
import { approval, preview, production, productionRun, seen, until } from "./promotion-scene";
import { asFiles, createRunScene, type RunScene } from "./scene";

vi.setConfig({ testTimeout: 180_000 });

const db = databaseWithWorker();
let approver: Actor;
beforeAll(async () => {
  approver = await createStaff("approver");
});

/** The district with these people; whose key begins with "far" is of the other school. */
const people = (...keys: string[]) =>
  asFiles(
    district({
      "users.csv": `${HEADERS["users.csv"]}\n${keys
        .map((key) =>
          row("users.csv", {
            sourcedId: key,
            role: key === "ana" ? "teacher" : "student",
            username: key,
            orgSourcedIds: key.startsWith("far") ? "s2" : "s1",
          }),
        )
        .join("\n")}\n`,
      "enrollments.csv": `${HEADERS["enrollments.csv"]}\n${row("enrollments.csv", { sourcedId: "e1", userSourcedId: "ana", role: "teacher" })}\n`,
    }),
  );

const peopleOf = async (scene: RunScene, name: "preview" | "production"): Promise<string[]> =>
  (
    await db.administrator<{ key: string }[]>`
      select source_key as key from users where environment_id = ${scene.institution.environments[name].id} and status <> 'archived' order by 1`
  ).map(({ key }) => key);

async function sceneWithWideLimits(): Promise<RunScene> {
  const scene = await createRunScene();
  const options = { archivePercent: 100, editPercent: 100 };
  await callerAs(scene.institution.owner.actor).configure.save({ institution: scene.institution.slug, feed: scene.feed, options });
  return scene;
}

/** Asks for what Preview holds, and waits until it can be decided about. */
async function asked(scene: RunScene, of: { seq: number; promotion: number }) {
  await requestPromotion(scene.owner, { seq: of.seq });
  return seen(await approval(db, approver, { ...scene, promotion: of.promotion }));
}

test("a snapshot whose difference nobody saw, since Production was committed after the approval, goes back to people", async () => {
  const scene = await sceneWithWideLimits();
  const { owner, institution } = scene;
  await scene.prepare(people("ana", "ben"), { autoCommit: true });
  await approvePromotion(approver, await asked(scene, { seq: 1, promotion: 1 }));
  await productionRun(db, scene, { run: 3, states: ["committed"] });
  await scene.prepare(people("ana", "ben", "chi"), { autoCommit: true });
  const delivery = await scene.deliver(people("ana", "ben", "new"));
  const { number: run } = await startRun(owner, { ...production, feed: scene.feed, delivery, kind: "full", autoCommit: false });
  await productionRun(db, scene, { run, states: ["ready"] });
  const request = await asked(scene, { seq: 2, promotion: 2 });
  // Nothing can be written to Production until both have decided.
  await db.administrator.begin(async (tx) => {
    await tx`select 1 from environments where id = ${institution.environments.production.id} for update`;
    await approvePromotion(approver, request);
    await commitRun(owner, { ...production, run, selectionVersion: 0 });
  });
  const back = await until(scene, "changesAsked", "live");
  expect(back.state).toBe("changesAsked");
  expect(back.notes.at(-1)?.text).toBe(
    "Production moved to commit 3 after the approval, so what was approved is not what would change. Production was not changed by it.",
  );
  expect(await peopleOf(scene, "production")).toEqual(["ana", "ben", "new"]);
  // Asked for again, it is compared with what is there now.
  const again = await asked(scene, { seq: 2, promotion: 2 });
  await approvePromotion(approver, again);
  await until(scene, "live");
  expect(await peopleOf(scene, "production")).toEqual(["ana", "ben", "chi"]);
});

test("what follows a promotion is over the schools of the portal, or of the drift that was accepted, and brings no other's people", async () => {
  const scene = await sceneWithWideLimits();
  const { owner, feed } = scene;
  await scene.prepare(people("ana", "ben", "far1"));
  await setPortalMode(owner, { mode: "single", school: "s1" });
  await startRun(owner, { ...preview, feed, kind: "full", autoCommit: true });
  await scene.until(2, ["committed"]);
  await approvePromotion(approver, await asked(scene, { seq: 1, promotion: 1 }));
  expect((await productionRun(db, scene, { run: 4, states: ["committed"] })).schools).toEqual(["s1"]);
  expect(await peopleOf(scene, "production")).toEqual(["ana", "ben"]);

  await setPortalMode(owner, { mode: "multi" });
  await db.administrator`update runs set created_at = created_at - interval '2 minutes' where institution_id = ${scene.institution.id}`;
  await callerAs(scene.institution.owner.actor).configure.save({ institution: scene.institution.slug, feed, options: { editPercent: 90 } });
  await requestPromotion(owner, { seq: 1 });
  await scene.prepare(people("ana", "ben", "chi", "far1"), { schools: ["s1"] });
  await approvePromotion(approver, seen(await approval(db, approver, { ...scene, promotion: 2 })));
  await until(scene, "live");
  expect((await productionRun(db, scene, { run: 7, states: ["committed"] })).schools).toEqual(["s1"]);
  expect(await peopleOf(scene, "production")).toEqual(["ana", "ben", "chi"]);
});

test("an undo that waits in Production is not given up by an approval: it is decided first", async () => {
  const scene = await sceneWithWideLimits();
  await scene.prepare(people("ana", "ben"), { autoCommit: true });
  await approvePromotion(approver, await asked(scene, { seq: 1, promotion: 1 }));
  await productionRun(db, scene, { run: 3, states: ["committed"] });
  await scene.prepare(people("ana", "ben", "chi"), { autoCommit: true });
  const request = await asked(scene, { seq: 2, promotion: 2 });
  const { number: run } = await undoRun(scene.owner, { ...production, run: 2, reason: "The wrong year" });
  const undo = await productionRun(db, scene, { run, states: ["ready", "held"] });
  await expect(approvePromotion(approver, request)).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining(`run ${run}`),
  });
  expect((await getPromotion(scene.owner)).production.pausedReason).toBe("The wrong year");
  await discardRun(scene.owner, { ...production, run: undo.number });
  await productionRun(db, scene, { run, states: ["discarded"] });
  await approvePromotion(approver, request);
  await until(scene, "live");
});
