import { describe, expect, test } from "vitest";
import { beginDelivery } from "@/server/services/deliveries/begin";
import { setReading } from "@/server/services/feeds/set-reading";
import { commitRun } from "@/server/services/runs/commit";
import { discardRun } from "@/server/services/runs/discard";
import { startRun } from "@/server/services/runs/start";
import { districtFiles } from "@/tests/e2e/support/district";
import { callerAs } from "@/tests/support/caller";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createMember } from "@/tests/support/institution";
import { asFiles, createRunScene, type RunScene } from "./scene";

const db = databaseWithWorker();

const district = (students: number, without: readonly number[] = []) =>
  asFiles(
    Object.fromEntries(
      districtFiles({ seed: 5, students, alterations: { withoutStudents: new Set(without) } }).files.map(({ name, text }) => [name, text]),
    ),
  );

const api = (scene: RunScene) => callerAs(scene.institution.owner.actor).configure;
const ofScene = (scene: RunScene) => ({ institution: scene.institution.slug });
const withOptions = (scene: RunScene, options: Record<string, string | number>) => ({ ...ofScene(scene), feed: scene.feed, options });

async function feedOf(scene: RunScene) {
  const { feeds } = await api(scene).get(ofScene(scene));
  const [feed] = feeds;
  if (feed === undefined) throw new Error("There is no feed");
  return feed;
}

async function commit(scene: RunScene, run: { number: number; selection: { version: number } }): Promise<void> {
  await commitRun(scene.owner, { environment: "preview", run: run.number, selectionVersion: run.selection.version });
  await scene.until(run.number, ["committed"]);
}

describe("options", () => {
  test("stand in four groups with their defaults marked, and only those that the source has", async () => {
    const scene = await createRunScene();
    const { groups } = await api(scene).get(ofScene(scene));
    expect(groups.map(({ label }) => label)).toEqual(["What to sync", "Matching", "Field rules", "Delivery"]);
    const feed = await feedOf(scene);
    expect(feed).toMatchObject({ version: 1, productionVersion: null, hasDelivery: false, differing: [] });
    expect(feed.options.map(({ key, isDefault }) => [key, isDefault])).toEqual([
      ["fileMode", true],
      ["dateOrder", true],
      ["encoding", true],
      ["archivePercent", true],
      ["editPercent", true],
      ["errorPercent", true],
      ["rowsMin", true],
      ["welcomeMails", true],
    ]);
  });

  test("make a new version that Preview reads by; Production keeps its own, and the difference is told", async () => {
    const scene = await createRunScene();
    await db.administrator`update feeds set production_version = 1 where id = ${scene.feed}`;
    expect(await api(scene).save(withOptions(scene, { archivePercent: 25, dateOrder: "DMY" }))).toEqual({ version: 2 });
    expect(await api(scene).save(withOptions(scene, { archivePercent: 25 }))).toEqual({ version: 2 });
    const feed = await feedOf(scene);
    expect(feed).toMatchObject({ version: 2, productionVersion: 1 });
    expect(feed.options.filter(({ isDefault }) => !isDefault).map(({ key, value }) => [key, value])).toEqual([
      ["dateOrder", "DMY"],
      ["archivePercent", 25],
    ]);
    expect(feed.differing.map(({ production, draft }) => [production, draft])).toEqual([
      ["MDY", "DMY"],
      [10, 25],
    ]);
    const [kept] = await db.administrator`select reading, limits from feed_settings where feed_id = ${scene.feed} and version = 1`;
    expect(kept).toMatchObject({ limits: {} });
    const trail = await db.administrator`
      select verb, detail from audit where institution_id = ${scene.institution.id} and verb like 'feed.set%' order by id`;
    expect([...trail]).toEqual([{ verb: "feed.setOptions", detail: { version: 2, options: ["archivePercent", "dateOrder"] } }]);
  });

  test("that a source lacks, or that are out of bounds, are refused; so is everybody who does not manage feeds", async () => {
    const scene = await createRunScene();
    const impossible: Record<string, string | number>[] = [
      { archivePercent: 101 },
      { archivePercent: 1.5 },
      { dateOrder: "YMD" },
      { matchStudents: "email" },
    ];
    for (const options of impossible) {
      await expect(api(scene).save(withOptions(scene, options))).rejects.toMatchObject({ code: "BAD_REQUEST" });
    }
    const reviewer = callerAs((await createMember(scene.institution, "reviewer")).actor).configure;
    await expect(reviewer.save(withOptions(scene, { archivePercent: 5 }))).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect((await reviewer.get(ofScene(scene))).feeds).toHaveLength(1);
    expect((await feedOf(scene)).version).toBe(1);
  });
});

describe("what options would change", () => {
  test("is a plan under them while the saved ones stay; saving the same ones takes that version", async () => {
    const scene = await createRunScene();
    await commit(scene, await scene.prepare(district(60)));
    await scene.prepare(district(60, [1, 2, 3, 4, 5]));
    await expect(api(scene).try(withOptions(scene, { rowsMin: 20 }))).rejects.toMatchObject({ code: "BAD_REQUEST" });
    const { run } = await api(scene).try(withOptions(scene, { archivePercent: 5, rowsMin: 1 }));
    const tried = await scene.until(run, ["held", "ready"]);
    expect(tried).toMatchObject({ state: "held", triesSettings: true, kind: "full" });
    expect(await feedOf(scene)).toMatchObject({ version: 1, waiting: run });
    // Other settings are written meanwhile by another page: they take a version of their own.
    expect(await setReading(scene.owner, { feed: scene.feed, encoding: "windows-1252" })).toMatchObject({ version: 3 });
    expect((await scene.report(run)).triesSettings).toBe(false);
  });

  test("is the saved version when the same is saved afterwards", async () => {
    const scene = await createRunScene();
    await scene.prepare(district(20));
    const { run } = await api(scene).try(withOptions(scene, { archivePercent: 5 }));
    await scene.until(run, ["ready"]);
    expect(await api(scene).save(withOptions(scene, { archivePercent: 5 }))).toEqual({ version: 2 });
    expect((await scene.report(run)).triesSettings).toBe(false);
    expect((await feedOf(scene)).version).toBe(2);
  });

  test("is saved by whoever commits that plan, and by nobody who discards it", async () => {
    const scene = await createRunScene();
    await scene.prepare(district(20));
    const first = await api(scene).try(withOptions(scene, { archivePercent: 5 }));
    await scene.until(first.run, ["ready"]);
    await discardRun(scene.owner, { environment: "preview", run: first.run });
    await scene.until(first.run, ["discarded"]);
    expect((await feedOf(scene)).version).toBe(1);
    const delivery = await scene.deliver(district(21));
    expect(delivery).toBeTruthy();
    await db.administrator`update runs set created_at = created_at - interval '2 minutes' where institution_id = ${scene.institution.id}`;
    const second = await api(scene).try(withOptions(scene, { archivePercent: 7 }));
    await commit(scene, await scene.until(second.run, ["ready"]));
    const feed = await feedOf(scene);
    expect(feed.options.find(({ key }) => key === "archivePercent")?.value).toBe(7);
  });
});

describe("a feed that is switched off", () => {
  test("takes no files and starts no runs, keeps every row, and goes on as it was when it is switched on", async () => {
    const scene = await createRunScene();
    await commit(scene, await scene.prepare(district(20)));
    const disable = (typed: string) => api(scene).disable({ ...ofScene(scene), feed: scene.feed, typed });
    await expect(disable("sis")).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await disable(" SIS ");
    const start = () => startRun(scene.owner, { environment: "preview", feed: scene.feed, kind: "full", autoCommit: false });
    await expect(start()).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(beginDelivery(scene.owner, { feed: scene.feed, files: [{ name: "users.csv", bytes: 1 }] })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(api(scene).save(withOptions(scene, { archivePercent: 5 }))).rejects.toMatchObject({ code: "NOT_FOUND" });
    const { roster, institutions } = callerAs(scene.institution.owner.actor);
    expect((await roster.list({ ...ofScene(scene), environment: "preview", kind: "students" })).total).toBe(20);
    expect(await institutions.get(ofScene(scene))).toMatchObject({ feeds: [], switchedOff: [{ id: scene.feed, name: "SIS" }] });
    expect((await feedOf(scene)).disabledAt).toBeInstanceOf(Date);
    await api(scene).enable({ ...ofScene(scene), feed: scene.feed });
    await expect(api(scene).enable({ ...ofScene(scene), feed: scene.feed })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await scene.until((await start()).number, ["ready"]);
  });

  test("has no plan that waits: that is decided first", async () => {
    const scene = await createRunScene();
    const run = await scene.prepare(district(10));
    const disable = () => api(scene).disable({ ...ofScene(scene), feed: scene.feed, typed: "SIS" });
    await expect(disable()).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringContaining(`run ${run.number}`) });
    await discardRun(scene.owner, { environment: "preview", run: run.number });
    await scene.until(run.number, ["discarded"]);
    await disable();
  });
});
