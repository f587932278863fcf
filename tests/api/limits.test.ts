import { beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@/server/auth/actor";
import { beginDelivery } from "@/server/services/deliveries/begin";
import { startRun } from "@/server/services/runs/start";
import { districtFiles } from "@/tests/e2e/support/district";
import { callerAs } from "@/tests/support/caller";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createStaff } from "@/tests/support/institution";
import { asFiles, createRunScene, type RunScene } from "./scene";

const db = databaseWithWorker();
let admin: Actor;
beforeAll(async () => {
  admin = await createStaff("admin");
});

const district = (students: number, without: readonly number[] = []) =>
  asFiles(
    Object.fromEntries(
      districtFiles({ seed: 5, students, alterations: { withoutStudents: new Set(without) } }).files.map(({ name, text }) => [name, text]),
    ),
  );

const limit = (scene: RunScene, limits: Record<string, number | null>, reason = "A trial of one month") =>
  callerAs(admin).vendor.institutions.setLimits({ institution: scene.institution.slug, limits, reason });

describe("limits of one institution", () => {
  test("are set by staff admins alone, with a reason that stands in the institution's own trail", async () => {
    const scene = await createRunScene();
    for (const role of ["support", "approver"] as const) {
      const { setLimits } = callerAs(await createStaff(role)).vendor.institutions;
      await expect(setLimits({ institution: scene.institution.slug, limits: { rowsMax: 5 }, reason: "Because" })).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
    }
    await expect(limit(scene, { rowsMax: 5 }, "no")).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(limit(scene, { rowsMax: 4_000_001 })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    expect(await limit(scene, { rowsMax: 500, runsMax: 1 })).toEqual({ changed: ["rowsMax", "runsMax"] });
    expect(await limit(scene, { rowsMax: 500 })).toEqual({ changed: [] });
    expect(await limit(scene, { rowsMax: null })).toEqual({ changed: ["rowsMax"] });
    const trail = await db.administrator`
      select actor, account_id, detail from audit where institution_id = ${scene.institution.id} and verb = 'limit.set' order by id`;
    expect([...trail]).toEqual([
      { actor: "staff", account_id: admin.accountId, detail: { reason: "A trial of one month", rowsMax: [null, 500], runsMax: [null, 1] } },
      { actor: "staff", account_id: admin.accountId, detail: { reason: "A trial of one month", rowsMax: [500, null] } },
    ]);
    const page = await callerAs(admin).vendor.institutions.get({ institution: scene.institution.slug });
    expect(page.limits).toMatchObject({ rowsMax: null, runsMax: 1 });
  });

  test("stop a delivery that is too large before a byte of it is sent, and say who to ask", async () => {
    const scene = await createRunScene();
    await db.administrator`update institutions set help_contact = 'help@vendor.example' where id = ${scene.institution.id}`;
    await limit(scene, { filesMax: 2, fileBytesMax: 1024 ** 2 });
    const begin = (files: { name: string; bytes: number }[]) => beginDelivery(scene.owner, { feed: scene.feed, files });
    const file = (n: number, bytes = 10) => ({ name: `${n}.csv`, bytes });
    await expect(begin([file(1), file(2), file(3)])).rejects.toMatchObject({
      code: "TOO_LARGE",
      message: /3 files .* ask help@vendor\.example/,
    });
    await expect(begin([file(1, 1024 ** 2 + 1)])).rejects.toMatchObject({
      code: "TOO_LARGE",
      message: /larger than the 1 MB .* help@vendor/,
    });
    await begin([file(1, 1024 ** 2), file(2)]);
    await limit(scene, { filesMax: null, fileBytesMax: null });
    await begin([file(1), file(2), file(3, 1024 ** 2 + 1)]);
  });

  test("stop a plan of too many rows: the run fails in words, and nothing is changed", async () => {
    const scene = await createRunScene();
    await limit(scene, { rowsMax: 30 });
    const delivery = await scene.deliver(district(40));
    const { number } = await startRun(scene.owner, { environment: "preview", feed: scene.feed, delivery, kind: "full", autoCommit: false });
    const run = await scene.until(number, ["failed"]);
    expect(run).toMatchObject({
      reasonCode: "ROWS_LIMIT",
      reason: expect.stringMatching(/has \d+ rows, more than the 30 .* can raise it/),
    });
    await limit(scene, { rowsMax: null });
    expect(await scene.prepare(district(40))).toMatchObject({ state: "ready" });
  });

  test("keep a feed from letting more pass than staff allow; a feed that holds earlier stays so", async () => {
    const scene = await createRunScene();
    await db.administrator`update feed_settings set limits = '{"archivePercent": 90, "rowsMin": 1}' where feed_id = ${scene.feed}`;
    const monday = await scene.prepare(district(60));
    await callerAs(scene.institution.owner.actor).runs.commit({
      institution: scene.institution.slug,
      environment: "preview",
      run: monday.number,
      selectionVersion: monday.selection.version,
    });
    await scene.until(monday.number, ["committed"]);
    const fewer = district(60, [1, 2, 3, 4, 5, 6]);
    expect(await scene.prepare(fewer)).toMatchObject({ state: "ready" });
    await limit(scene, { archivePercent: 5 });
    const held = await scene.prepare(fewer);
    expect(held.state).toBe("held");
    expect(held.verdict?.reasons).toEqual(expect.arrayContaining([expect.objectContaining({ kind: "archive", limit: 5 })]));
    await db.administrator`update feed_settings set limits = '{"archivePercent": 2, "rowsMin": 1}' where feed_id = ${scene.feed}`;
    // Three starts a minute are a person's measure, not this test's.
    await db.administrator`update runs set created_at = created_at - interval '2 minutes' where institution_id = ${scene.institution.id}`;
    expect((await scene.prepare(fewer)).verdict?.reasons).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: "archive", limit: 2 })]),
    );
  });

  test("let so many runs work at once, over both environments", async () => {
    const scene = await createRunScene();
    await limit(scene, { runsMax: 1 });
    const delivery = await scene.deliver(district(10));
    const [production] = await db.administrator<{ id: number }[]>`
      select id from environments where institution_id = ${scene.institution.id} and name = 'production'`;
    await db.administrator`
      insert into runs (institution_id, number, environment_id, feed_id, delivery_id, kind, trigger, settings_version, state)
      values (${scene.institution.id}, 900, ${production?.id ?? 0}, ${scene.feed}, ${delivery}, 'full', 'schedule', 1, 'loading')`;
    const start = () => startRun(scene.owner, { environment: "preview", feed: scene.feed, delivery, kind: "full", autoCommit: false });
    await expect(start()).rejects.toMatchObject({ code: "TOO_MANY", message: /one run .* at once/ });
    await limit(scene, { runsMax: null });
    const { number } = await start();
    await scene.until(number, ["ready"]);
  });
});
