import { expect, test } from "vitest";
import { chooseChanges } from "@/server/services/changes/choose";
import { commitRun } from "@/server/services/runs/commit";
import { parseRunCounts, plannedChanges, sumOf } from "@/server/services/runs/counts";
import { district } from "@/tests/fixtures/district";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createMember } from "@/tests/support/institution";
import { asFiles, createRunScene } from "./scene";

const db = databaseWithWorker();

const SLOW = 180_000;
const on = (run: number) => ({ environment: "preview", run }) as const;

test(
  "two people commit at once: it is committed once, told once, and a choice afterwards comes too late",
  async () => {
    const scene = await createRunScene();
    const reviewer = await createMember(scene.institution, "reviewer");
    await scene.prepare(asFiles(district()));
    const commit = { ...on(1), selectionVersion: 0 };
    const pressed = await Promise.all([commitRun(scene.owner, commit), commitRun(reviewer.member, commit)]);
    const report = await scene.until(1, ["committed"]);
    expect(pressed.map(({ alreadyBy }) => alreadyBy ?? "")).toContain(report.decidedBy?.name);
    expect(pressed.filter(({ alreadyBy }) => alreadyBy === undefined)).toHaveLength(1);
    const again = await Promise.all([commitRun(scene.owner, commit), commitRun(reviewer.member, commit)]);
    expect(again).toEqual(
      pressed.map(({ alreadyBy }) => (alreadyBy === undefined ? { state: "committed" } : { state: "committed", alreadyBy })),
    );
    expect(report).toMatchObject({ commitSeq: 1, headSeq: 1, counts: { users: { add: 3 } } });
    expect(report.timeline.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["delivery", "person", "phase", "ready", "committed"]));
    const [said] = await db.administrator<{ commits: number; mails: number }[]>`
    select (select count(*) from audit where institution_id = ${scene.institution.id} and verb = 'run.commit')::int as commits,
      (select count(*) from mails where kind = 'committed' and run_id = ${report.id})::int as mails`;
    expect(said).toEqual({ commits: 1, mails: 2 });
    await expect(chooseChanges(scene.owner, { ...on(1), selectionVersion: 0, scope: { kind: "all" }, on: false })).rejects.toMatchObject({
      code: "CONFLICT",
    });
  },
  SLOW,
);

test(
  "a plan that a newer one overtook is refused with what was committed since, and by whom",
  async () => {
    const scene = await createRunScene();
    await scene.prepare(asFiles(district()));
    await scene.prepare(asFiles(district()));
    await commitRun(scene.owner, { ...on(2), selectionVersion: 0 });
    const { counts } = await scene.until(2, ["committed"]);
    const committed = Object.values(plannedChanges(parseRunCounts(counts))).reduce((sum, each) => sum + sumOf(each), 0);
    await expect(commitRun(scene.owner, { ...on(1), selectionVersion: 0 })).rejects.toMatchObject({
      code: "STALE",
      message: `Run 2 brought newer data of the same feed. Since then run 2 committed ${committed} changes (Dana Whitfield).`,
      data: { state: "superseded", feed: scene.feed },
    });
    const reviewer = await createMember(scene.institution, "reviewer");
    const refused: unknown = await commitRun(reviewer.member, { ...on(1), selectionVersion: 0 }).catch((cause: unknown) => cause);
    expect(refused).toMatchObject({ code: "STALE", data: { state: "superseded" } });
    expect(refused, "who may not start a run is offered none").not.toHaveProperty("data.feed");
    expect((await scene.report(2)).headSeq).toBe(1);
  },
  SLOW,
);
