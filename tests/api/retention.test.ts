import { expect, test, vi } from "vitest";
import { asEngine } from "@/server/database";
import { emit } from "@/server/jobs/events";
import { removeExpiredMailsOfNobody } from "@/server/retention/remove-expired";
import { commitRun } from "@/server/services/runs/commit";
import { getRun } from "@/server/services/runs/get";
import { listRuns } from "@/server/services/runs/list";
import { startRun } from "@/server/services/runs/start";
import { undoRun } from "@/server/services/runs/undo";
import { eventually } from "@/tests/conformance/eventually";
import { searchData } from "@/tests/intake/support";
import { callerAs } from "@/tests/support/caller";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createMember, createStaff } from "@/tests/support/institution";
import { committedScene, digestOf, preview } from "./promotion-scene";
import type { RunScene } from "./scene";
import { dayOne, dayTwo } from "./two-days";

vi.setConfig({ testTimeout: 180_000 });

const db = databaseWithWorker();

const DAYS = { filesDays: 30, detailDays: 400, historyDays: 400, mailDays: 90 };

/** Three commits; the delivery of each was another one. */
async function threeCommits(): Promise<RunScene> {
  const scene = await committedScene();
  for (const [run, files] of [
    [2, dayTwo()],
    [3, dayOne()],
  ] as const) {
    await scene.prepare(files);
    const { selection } = await scene.report(run);
    await db.administrator`update runs set state = 'ready' where institution_id = ${scene.institution.id} and number = ${run}`;
    await commitRun(scene.owner, { ...preview, run, selectionVersion: selection.version });
    await scene.until(run, ["committed"]);
  }
  return scene;
}

/** Everything happened so many days earlier. */
async function passDays(scene: RunScene, days: number): Promise<void> {
  const { id } = scene.institution;
  const ago = db.administrator`make_interval(days => ${days})`;
  await db.administrator`update runs set ended_at = ended_at - ${ago} where institution_id = ${id}`;
  await db.administrator`update deliveries set finished_at = finished_at - ${ago}, begun_at = begun_at - ${ago} where institution_id = ${id}`;
  await db.administrator`update mails set created_at = created_at - ${ago} where of_institution = ${id}`;
}

const count = async (scene: RunScene, from: string): Promise<number> => {
  const [found] = await db.administrator.unsafe<{ n: number }[]>(`select count(*)::int as n from ${from}`, [scene.institution.id]);
  return found?.n ?? 0;
};
const told = (scene: RunScene) =>
  db.administrator<{ detail: Record<string, number> }[]>`
    select detail from audit where institution_id = ${scene.institution.id} and verb = 'retention.remove' order by id`;

/** A night: the clock's function asks for it. */
async function passNight(scene: RunScene): Promise<void> {
  const nights = (await told(scene)).length;
  await asEngine(scene.institution.id, (tx) => emit(tx, { name: "retention/due", data: { institutionId: scene.institution.id } }));
  await eventually("what was removed, told", async () => (await told(scene)).length > nights);
}

test("what has expired goes by night, as was said before; the last commit, its undo, the roster and the history stay", async () => {
  const scene = await threeCommits();
  const other = await threeCommits();
  const { id } = scene.institution;
  await passDays(scene, 401);
  const digest = await digestOf(scene, "preview");
  const said = await callerAs(scene.institution.owner.actor).data.retention.preview({ institution: scene.institution.slug, days: DAYS });
  expect(said).toMatchObject({ deliveries: 2, runs: 2 });
  for (const kind of ["files", "bytes", "findings", "versions", "mails"] as const) expect(said[kind], kind).toBeGreaterThan(0);
  const objects = (await searchData([])).all.filter((path) => path.includes(`/objects/${id}/`)).length;
  const versions = await count(scene, "user_versions where institution_id = $1");
  await passNight(scene);
  expect((await told(scene))[0]?.detail).toEqual(Object.fromEntries(Object.entries(said).filter(([, n]) => n > 0)));

  expect((await searchData([])).all.filter((path) => path.includes(`/objects/${id}/`))).toHaveLength(objects - said.files);
  expect(await count(scene, "delivery_files where institution_id = $1")).toBe(objects - said.files);
  expect(await count(scene, "user_versions where institution_id = $1")).toBeLessThan(versions);
  expect(await count(scene, "mails where of_institution = $1")).toBe(0);
  expect(await digestOf(scene, "preview")).toBe(digest);
  expect((await listRuns(scene.owner, { ...preview })).rows.map(({ number }) => number)).toEqual([3, 2, 1]);
  const before = await getRun(scene.owner, { ...preview, run: 2 });
  expect(before).toMatchObject({ isUndoable: false, state: "committed" });
  expect(before.detailRemovedAt).not.toBeNull();
  expect(before.counts.users.read).toBeGreaterThan(0);
  const changes = await callerAs(scene.institution.owner.actor).changes.list({ institution: scene.institution.slug, ...preview, run: 2 });
  expect(changes).toMatchObject({ isKept: false, rows: [] });
  await expect(undoRun(scene.owner, { ...preview, run: 2 })).rejects.toMatchObject({ code: "CONFLICT" });
  // The delivery of the first run is gone, that of the last is there.
  const [first] = await db.administrator<
    { delivery_id: string }[]
  >`select delivery_id from runs where institution_id = ${id} and number = 1`;
  const start = { ...preview, feed: scene.feed, kind: "full", autoCommit: false } as const;
  await expect(startRun(scene.owner, { ...start, delivery: first?.delivery_id ?? "" })).rejects.toMatchObject({ code: "CONFLICT" });
  const { number } = await undoRun(scene.owner, { ...preview, run: 3 });
  const plan = await scene.until(number, ["ready", "held"]);
  expect(plan.counts.users.edit + plan.counts.users.archive + plan.counts.users.reactivate).toBeGreaterThan(0);

  // Whoever reads the log reads there what went, and of a run without its warnings when they did.
  const viewer = callerAs((await createMember(scene.institution, "viewer")).actor).overview;
  const { slug: institution } = scene.institution;
  expect(await viewer.removals({ institution })).toMatchObject([{ counts: (await told(scene))[0]?.detail }]);
  const log = await viewer.log({ institution, ...preview, run: 2, code: "EMAIL_INVALID" });
  expect(log).toMatchObject({
    groups: [{ code: "EMAIL_INVALID", total: 1 }, { code: "PASSWORD_IGNORED" }],
    rows: [],
    removedAt: expect.any(Date),
  });
  expect(await viewer.log({ institution, ...preview, run: 3 })).toMatchObject({ removedAt: null });
  expect(await callerAs(other.institution.owner.actor).overview.removals({ institution: other.institution.slug })).toEqual([]);

  expect(await told(other)).toHaveLength(0);
  expect(await count(other, "deliveries where institution_id = $1 and files_removed_at is not null")).toBe(0);
});

test("a plan that waits keeps what it reads, and a feed keeps its newest full list, however old", async () => {
  const scene = await committedScene();
  await scene.prepare(dayTwo());
  await passDays(scene, 3_000);
  const { days } = { days: { ...DAYS, filesDays: 1 } };
  const said = await callerAs(scene.institution.owner.actor).data.retention.preview({ institution: scene.institution.slug, days });
  // The first delivery only: the plan waits for the second, which is the newest too.
  expect(said).toMatchObject({ deliveries: 1, runs: 0, versions: 0 });
  await passNight(scene);
  const left = await db.administrator`
    select r.number, d.files_removed_at is null as kept from runs r join deliveries d on d.id = r.delivery_id
    where r.institution_id = ${scene.institution.id} order by 1`;
  expect([...left]).toEqual([
    { number: 1, kept: false },
    { number: 2, kept: true },
  ]);
  expect(await scene.report(2)).toMatchObject({ state: "ready" });
});

test("an owner changes how long things are kept, within what the vendor's staff allow; an admin reads it", async () => {
  const scene = await committedScene();
  const { slug: institution } = scene.institution;
  const owner = callerAs(scene.institution.owner.actor).data.retention;
  const admin = callerAs((await createMember(scene.institution, "admin")).actor).data.retention;
  expect(await admin.get({ institution })).toMatchObject({ days: DAYS, most: { filesDays: 365 }, removals: [] });
  await expect(admin.set({ institution, days: DAYS })).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await owner.set({ institution, days: { ...DAYS, filesDays: 60 } })).toEqual({ changed: ["filesDays"] });
  expect(await owner.set({ institution, days: { ...DAYS, filesDays: 60 } })).toEqual({ changed: [] });
  await expect(owner.set({ institution, days: { ...DAYS, filesDays: 0 } })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  const staff = callerAs(await createStaff("admin")).vendor.institutions;
  await staff.setLimits({ institution, limits: { filesDaysMax: 20 }, reason: "Our contract says so" });
  // What was chosen before does not pass the limit that was set since.
  expect(await admin.get({ institution })).toMatchObject({ days: { filesDays: 20 }, most: { filesDays: 20 } });
  await expect(owner.set({ institution, days: { ...DAYS, filesDays: 21 } })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  await expect(owner.preview({ institution, days: { ...DAYS, filesDays: 21 } })).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("a mail that belongs to no institution goes when it is as old as others may be; a younger one stays", async () => {
  const { email } = (await createMember((await committedScene()).institution, "viewer")).actor;
  await db.administrator`
    insert into mails (kind, recipient, subject, html, text, created_at)
    select 'signIn', ${email}, 'Sign in ' || days, '', '', now() - make_interval(days => days) from unnest(array[1, 89, 91, 400]) days`;
  expect(await removeExpiredMailsOfNobody()).toEqual({ counts: { mails: 2 }, more: false });
  const left = await db.administrator`select subject from mails where recipient = ${email} order by created_at`;
  expect(left.map(({ subject }) => subject)).toEqual(["Sign in 89", "Sign in 1"]);
});
