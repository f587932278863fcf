import { afterAll, beforeAll, expect, test } from "vitest";
import { chooseChanges } from "@/server/services/changes/choose";
import { createFeed } from "@/server/services/feeds/create";
import { setMode } from "@/server/services/feeds/set-mode";
import { cancelRun } from "@/server/services/runs/cancel";
import { commitRun } from "@/server/services/runs/commit";
import { discardRun } from "@/server/services/runs/discard";
import { listRuns } from "@/server/services/runs/list";
import { overrideRun } from "@/server/services/runs/override";
import { runProgressOf } from "@/server/services/runs/progress";
import { startRun } from "@/server/services/runs/start";
import { onerosterCsv } from "@/server/sources/oneroster-csv";
import { eventually } from "@/tests/conformance/eventually";
import { bare, district, file } from "@/tests/fixtures/district";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createMember } from "@/tests/support/institution";
import { asFiles, createRunScene, type RunScene, startWorker } from "./scene";

let db: TestDatabase;
let worker: { stop(): Promise<void> };
beforeAll(async () => {
  db = await createDatabase();
  worker = await startWorker();
});
afterAll(async () => {
  await worker.stop();
  await db.close();
});

const SLOW = 180_000;
const preview = { environment: "preview" } as const;
const on = (run: number) => ({ ...preview, run });
const asked = (scene: RunScene, delivery: string) => ({ ...preview, feed: scene.feed, delivery, kind: "full", autoCommit: false }) as const;
const people = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ sourcedId: `p${n}`, username: `login${n}`, givenName: `Given ${n}`, familyName: "Tran" }));

test(
  "a second press shows the same run; another person's start is told who was first; a reader may not start",
  async () => {
    const scene = await createRunScene();
    const admin = await createMember(scene.institution, "admin");
    const viewer = await createMember(scene.institution, "viewer");
    const delivery = await scene.deliver(asFiles(district()));
    const [once, twice] = await Promise.all([startRun(scene.owner, asked(scene, delivery)), startRun(scene.owner, asked(scene, delivery))]);
    expect(twice).toEqual(once);
    await expect(startRun(admin.member, asked(scene, delivery))).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringMatching(/^Dana Whitfield started one at \d\d:\d\d$/),
      data: { run: once.number },
    });
    await expect(startRun(viewer.member, asked(scene, delivery))).rejects.toMatchObject({ code: "FORBIDDEN" });
    await scene.until(once.number, ["ready"]);
    const progress = await runProgressOf(viewer.member, on(once.number));
    expect(progress.phases.map(({ phase }) => phase)).toEqual(expect.arrayContaining(["collect", "load", "check", "compare"]));
    expect(progress.phases.filter(({ phase, item }) => phase === "load" && item === "users.csv")).toMatchObject([{ done: 3 }]);
  },
  SLOW,
);

test(
  "people of one institution start at most three runs in a minute",
  async () => {
    const scene = await createRunScene();
    for (let press = 0; press < 3; press += 1) await scene.prepare(asFiles(district()));
    const delivery = await scene.deliver(asFiles(district()));
    await expect(startRun(scene.owner, asked(scene, delivery))).rejects.toMatchObject({ code: "TOO_MANY" });
    // Each newer run of the feed took the place of the plan that waited.
    const { rows } = await listRuns(scene.owner, preview);
    expect(rows.map(({ number, state }) => [number, state])).toEqual([
      [3, "ready"],
      [2, "superseded"],
      [1, "superseded"],
    ]);
  },
  SLOW,
);

test(
  "what was seen is what commits: a choice in between refuses the commit and says whose it was",
  async () => {
    const scene = await createRunScene();
    const reviewer = await createMember(scene.institution, "reviewer");
    await scene.prepare(asFiles(district()));
    await chooseChanges(reviewer.member, {
      ...on(1),
      selectionVersion: 0,
      scope: { kind: "rows", rows: [{ entity: "users", sourceKey: "u2" }] },
      on: false,
    });
    await expect(commitRun(scene.owner, { ...on(1), selectionVersion: 0 })).rejects.toMatchObject({
      code: "STALE",
      message: expect.stringMatching(/^1 selection changed by reviewer-.* since you opened this$/),
      data: { version: 1, changed: 1 },
    });
    expect((await scene.report(1)).state).toBe("ready");
  },
  SLOW,
);

test(
  "a discarded plan leaves no row behind and keeps its counts; nobody can commit it meanwhile",
  async () => {
    const scene = await createRunScene();
    await scene.prepare(asFiles(district()));
    await discardRun(scene.owner, { ...on(1), reason: "Wrong file" });
    await expect(commitRun(scene.owner, { ...on(1), selectionVersion: 0 })).rejects.toMatchObject({ code: "CONFLICT" });
    const report = await scene.until(1, ["discarded"]);
    expect(report).toMatchObject({ reason: "Wrong file", decidedBy: { name: "Dana Whitfield" }, counts: { users: { add: 3 } } });
    const [left] = await db.administrator<{ rows: number }[]>`
    select count(*)::int as rows from user_versions where institution_id = ${scene.institution.id}`;
    expect(left?.rows).toBe(0);
  },
  SLOW,
);

test(
  "a run that was asked to stop ends as discarded with its reason, and nothing of it stays",
  async () => {
    const scene = await createRunScene();
    await worker.stop();
    const delivery = await scene.deliver(asFiles(district()));
    const { number } = await startRun(scene.owner, asked(scene, delivery));
    await cancelRun(scene.owner, on(number));
    expect(await runProgressOf(scene.owner, on(number))).toMatchObject({ state: "queued", cancelRequested: true });
    worker = await startWorker();
    const report = await scene.until(number, ["discarded"]);
    expect(report).toMatchObject({ reasonCode: "CANCELLED", reason: expect.stringContaining("nothing was changed") });
    await expect(cancelRun(scene.owner, on(number))).resolves.toEqual({ cancelRequested: true });
  },
  SLOW,
);

test(
  "a delivery that cannot be loaded ends as failed, with the finding, and tells those who can do something",
  async () => {
    const scene = await createRunScene();
    const delivery = await scene.deliver(asFiles(district({ "users.csv": "sourcedId,status\nu1,\n" })));
    const { number } = await startRun(scene.owner, asked(scene, delivery));
    const report = await scene.until(number, ["failed"]);
    expect(report).toMatchObject({ reasonCode: "HEADER_MISSING", reason: expect.stringMatching(/^users\.csv:1: /) });
    expect(report.issues).toContainEqual(expect.objectContaining({ code: "HEADER_MISSING", severity: "refusal", firstAt: "users.csv:1" }));
    const mails = await db.administrator`select 1 from mails where kind = 'failed' and run_id = ${report.id}`;
    expect(mails).toHaveLength(1);
  },
  SLOW,
);

test(
  "the same content again is nothing to do for a quick run, and only while nothing was refused or changed since (T17)",
  async () => {
    const scene = await createRunScene();
    await scene.prepare(asFiles(district()), { autoCommit: true });
    const again = await scene.prepare(asFiles(district()), { kind: "quick" });
    expect(again).toMatchObject({ state: "ignored", reasonCode: "SAME_DELIVERY", reason: expect.stringContaining("run 1") });
    await setMode(scene.owner, { feed: scene.feed, file: "users.csv", mode: "bulk" });
    const under = await scene.prepare(asFiles(district()), { kind: "quick" });
    expect(under).toMatchObject({ state: "ready", counts: { users: { unchanged: 3, add: 0, edit: 0 } } });
  },
  SLOW,
);

test(
  "the same content is prepared once more when the rules by which it is read have changed (T17)",
  async () => {
    const scene = await createRunScene();
    const first = await scene.prepare(asFiles(district()), { autoCommit: true });
    const [run] = await db.administrator<{ rules_version: string }[]>`select rules_version from runs where id = ${first.id}`;
    expect(run?.rules_version).toBe(onerosterCsv.rulesVersion);
    await db.administrator`update runs set rules_version = 'older' where id = ${first.id}`;
    const anew = await scene.prepare(asFiles(district()), { kind: "quick" });
    expect(anew).toMatchObject({ state: "ready", counts: { users: { unchanged: 3, add: 0, edit: 0 } } });
  },
  SLOW,
);

test(
  "a hold is released by leaving out what it holds, or by its number typed; selecting it again closes it again",
  async () => {
    const scene = await createRunScene();
    await scene.prepare(asFiles(district({ "users.csv": file("users.csv", people(60)) })), { autoCommit: true });
    const held = await scene.prepare(asFiles(district()));
    expect(held).toMatchObject({ state: "held", next: { canCommit: false, whyNot: "Nothing is written while this run is held." } });
    const hold = held.verdict?.reasons.findIndex(({ entity, kind }) => entity === "users" && kind === "archive") ?? -1;
    expect(held.verdict?.reasons[hold]?.text).toBe("60 of 63 people would be archived. That is 95.2 %; your limit is 10 %.");
    await expect(overrideRun(scene.owner, { ...on(2), hold, exit: "approve", typedCount: 59 })).rejects.toMatchObject({ code: "INVALID" });
    await expect(commitRun(scene.owner, { ...on(2), selectionVersion: 0 })).rejects.toMatchObject({ code: "HELD" });

    const out = await overrideRun(scene.owner, { ...on(2), hold, exit: "leaveOut" });
    expect(out.verdict.reasons[hold]?.settled).toBe(true);
    expect(out.selection).toMatchObject({ version: 1, off: { archive: 60 } });
    const back = await chooseChanges(scene.owner, { ...on(2), selectionVersion: 1, scope: { kind: "all" }, on: true });
    expect(back.selection.off.archive).toBe(0);
    expect((await scene.report(2)).next.canCommit).toBe(false);

    const through = await overrideRun(scene.owner, { ...on(2), hold, exit: "approve", typedCount: 60 });
    expect(through.verdict.reasons[hold]?.settled).toBe(true);
    await commitRun(scene.owner, { ...on(2), selectionVersion: 2 });
    const report = await scene.until(2, ["committed"]);
    expect(report.counts.users.archive).toBe(60);
  },
  SLOW,
);

test(
  "files that do not say how they are read are read as deltas, with one question; its answer stays with the feed",
  async () => {
    const scene = await createRunScene();
    const all = (name: "users.csv" | "enrollments.csv") =>
      file(name, [], { status: "active", dateLastModified: "2026-08-01T00:00:00.000Z" });
    const unsure = await scene.prepare(asFiles(bare({ "users.csv": all("users.csv"), "enrollments.csv": all("enrollments.csv") })));
    expect(unsure.files.find(({ name }) => name === "users.csv")?.mode).toBe("undecided");
    expect(unsure.modeQuestion).toEqual({ files: expect.arrayContaining(["users.csv", "enrollments.csv"]) });
    // A word about every file is the last one about each of them.
    await setMode(scene.owner, { feed: scene.feed, file: "users.csv", mode: "delta" });
    const answered = await setMode(scene.owner, { feed: scene.feed, file: "*", mode: "bulk" });
    expect(answered).toEqual({ version: 3, prepareAgain: { run: 1, delivery: unsure.deliveries[0]?.id } });
    expect((await scene.report(1)).modeQuestion).toBeNull();
    const { number } = await startRun(scene.owner, asked(scene, answered.prepareAgain?.delivery ?? ""));
    const sure = await scene.until(number, ["ready"]);
    expect(sure.files.find(({ name }) => name === "users.csv")?.mode).toBe("bulk");
    expect((await scene.report(1)).state).toBe("superseded");
  },
  SLOW,
);

test(
  "deltas that nobody committed come along with the next one, oldest first",
  async () => {
    const scene = await createRunScene();
    await scene.prepare(asFiles(district()), { autoCommit: true });
    const delta = (id: string, status = "active") => ({
      name: "users.csv",
      content: `${file("users.csv").split("\n")[0]}\n${id},${status},2026-09-0${id.slice(1)}T00:00:00.000Z,true,s1,student,login${id},,New,Person,,,,,,,09,\n`,
    });
    await setMode(scene.owner, { feed: scene.feed, file: "*", mode: "delta" });
    const first = await scene.prepare([delta("n1")]);
    expect(first.deliveries).toHaveLength(1);
    const second = await scene.prepare([delta("n2")]);
    expect(second.deliveries).toHaveLength(2);
    expect(second.counts.users).toMatchObject({ read: 2, add: 2, archive: 0 });
    expect((await scene.report(first.number)).state).toBe("superseded");
  },
  SLOW,
);

test(
  "another feed's run sets the waiting plan aside; it is prepared again by itself, with what was refused off",
  async () => {
    const scene = await createRunScene();
    const { id: other } = await createFeed(scene.owner, { name: "Leo", source: "oneroster-csv" });
    await scene.prepare(asFiles(district()));
    await chooseChanges(scene.owner, {
      ...on(1),
      selectionVersion: 0,
      scope: { kind: "rows", rows: [{ entity: "users", sourceKey: "u2" }] },
      on: false,
    });
    await setMode(scene.owner, { feed: scene.feed, file: "*", mode: "bulk" });
    await db.administrator`update runs set accepted_digest = 'as accepted' where institution_id = ${scene.institution.id}`;
    const second = await scene.prepare(asFiles(district()), { feed: other, autoCommit: true });
    expect(second.state).toBe("committed");
    expect((await scene.report(1)).state).toBe("setAside");
    const again = await eventually("run 3", async () => {
      const { rows } = await listRuns(scene.owner, preview);
      return rows.find(({ number, state }) => number === 3 && (state === "ready" || state === "held"));
    });
    expect(again).toMatchObject({ trigger: "again", reason: "Prepared again because Leo committed (run 2)" });
    const report = await scene.report(3);
    expect(report).toMatchObject({ againOf: 1, selection: { offCauses: { before: 1 } } });
    expect((await scene.report(1)).againAs).toBe(3);
    // What was answered while it was set aside holds, and what an approver had accepted of it.
    const [settings] =
      await db.administrator`select settings_version as version, accepted_digest as accepted from runs where id = ${report.id}`;
    expect(settings).toEqual({ version: 2, accepted: "as accepted" });
  },
  SLOW,
);
