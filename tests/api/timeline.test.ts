import { expect, test } from "vitest";
import { district } from "@/tests/fixtures/district";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { asFiles, createRunScene } from "./scene";

const db = databaseWithWorker();

test("the timeline of a run tells its steps in their order, whichever process told its own first", async () => {
  const scene = await createRunScene();
  const run = await scene.prepare(asFiles(district()), { autoCommit: true });
  // The last phase's end is written after the commit that another process made of its plan; one phase began again after a crash.
  await db.administrator`update run_progress set ended_at = ended_at + interval '1 hour' where run_id = ${run.id} and phase = 'compare'`;
  await db.administrator`update run_progress set started_at = started_at + interval '1 hour' where run_id = ${run.id} and phase = 'collect'`;
  const { timeline } = await scene.report(run.number);
  expect(timeline.map(({ text }) => text)).toEqual([
    "Files arrived and complete",
    "Started",
    "Collected",
    "Loaded",
    "Checked",
    "Compared",
    "Ready to review",
    "Committed as commit 1",
  ]);
  await db.administrator`update mails set sent_at = now() + interval '2 hours' where run_id = ${run.id} and kind = 'committed'`;
  const later = (await scene.report(run.number)).timeline.at(-1);
  expect(later).toMatchObject({ kind: "mail", text: "E-mail sent to Dana Whitfield" });
  const moments = timeline.map(({ at }) => at.getTime());
  expect(moments).toEqual(moments.toSorted((a, b) => a - b));
});
