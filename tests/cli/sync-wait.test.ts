import { expect, test } from "vitest";
import { untilEnded } from "@/server/cli/sync-wait";
import { startRun } from "@/server/services/runs/start";
import { asFiles, createRunScene } from "@/tests/api/scene";
import { district } from "@/tests/fixtures/district";
import { databaseWithWorker } from "@/tests/support/database-with-worker";

const db = databaseWithWorker();

test("a plan that commits by itself only after the vendor's decision is not waited for", async () => {
  const scene = await createRunScene();
  await db.administrator`
    insert into promotions (institution_id, number, state, moved_by) values (${scene.institution.id}, 1, 'draft', 'institution')`;
  for (const state of ["confirmed", "requested"]) {
    await db.administrator`update promotions set state = ${state}, round = 1 where institution_id = ${scene.institution.id}`;
  }
  const delivery = await scene.deliver(asFiles(district()));
  const { number } = await startRun(scene.owner, {
    environment: "preview",
    feed: scene.feed,
    delivery,
    kind: "full",
    autoCommit: true,
  });
  await untilEnded(scene.owner, { environment: "preview", run: number, commits: true });
  expect((await scene.report(number)).state).toBe("ready");
}, 60_000);
