import { beforeAll, expect, test, vi } from "vitest";
import type { Actor } from "@/server/auth/actor";
import { memberOf } from "@/server/auth/actor";
import { chooseChanges } from "@/server/services/changes/choose";
import { listChanges } from "@/server/services/changes/list";
import { addMember } from "@/server/services/members/add";
import { commentPromotion, confirmLive, withdrawPromotion } from "@/server/services/promotions/answer";
import { getApproval } from "@/server/services/promotions/approval";
import { confirmPromotion, requestPromotion } from "@/server/services/promotions/confirm";
import { approvePromotion, askChanges, rejectPromotion } from "@/server/services/promotions/decide";
import { getPromotion } from "@/server/services/promotions/get";
import { queuedPromotions } from "@/server/services/promotions/queue";
import { samplePromotion } from "@/server/services/promotions/samples";
import { commitRun } from "@/server/services/runs/commit";
import { getRun } from "@/server/services/runs/get";
import { startRun } from "@/server/services/runs/start";
import { eventually } from "@/tests/conformance/eventually";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createMember, createStaff } from "@/tests/support/institution";
import { approval, committedScene, digestOf, preview, production, productionRun, seen, until } from "./promotion-scene";
import type { RunScene } from "./scene";
import { dayTwo } from "./two-days";

vi.setConfig({ testTimeout: 180_000 });

const db = databaseWithWorker();
let approver: Actor;
beforeAll(async () => {
  approver = await createStaff("approver");
});

const audited = async (scene: RunScene): Promise<string[]> =>
  (
    await db.administrator<{ line: string }[]>`
      select actor || ' ' || verb as line from audit where institution_id = ${scene.institution.id} and verb like 'promotion%' order by id`
  ).map(({ line }) => line);

test("two rounds, a second person, and Production is the snapshot; the accepted drift follows by itself", async () => {
  const scene = await committedScene();
  const { owner, institution } = scene;
  const frozen = await digestOf(scene, "preview");
  expect(await requestPromotion(owner, { seq: 1, note: "The counts agree" })).toEqual({ number: 1 });
  const first = await approval(db, approver, scene);
  expect(first.promotion.difference).toContainEqual(
    expect.objectContaining({ entity: "users", part: "students", preview: 2, production: 0, add: 2, archive: 0 }),
  );
  expect(first.promotion.checks).toMatchObject({ people: 3, withoutSignIn: 0, sharedEmails: 0, schoolsWithoutTeachers: 1 });
  expect(first.may).toEqual({ decide: true, whyNot: null });
  expect((await queuedPromotions()).waiting).toContainEqual(
    expect.objectContaining({ number: 1, institution: expect.objectContaining({ slug: institution.slug }) }),
  );
  const samples = await samplePromotion(approver, { promotion: first.id, entity: "users" });
  expect(samples.map(({ action, name }) => `${action} ${name}`).toSorted()).toEqual(["add Ana Vega", "add Ben Okafor", "add Chi Tran"]);

  await askChanges(approver, { promotion: first.id, reason: "Cedar Ridge has no teacher. Is that right?" });
  await expect(approvePromotion(approver, seen(first))).rejects.toMatchObject({ code: "CONFLICT" });
  await commentPromotion(owner, { text: "It is: it opens next year" });
  await requestPromotion(owner, { seq: 1 });

  // What arrives meanwhile is prepared and not committed, although it was asked to be.
  const second = await scene.deliver(dayTwo());
  await startRun(owner, { ...preview, feed: scene.feed, delivery: second, kind: "full", autoCommit: true });
  const waiting = await scene.until(2, ["ready", "held"]);
  expect(waiting.state).toBe("ready");
  const unseen = await approval(db, approver, scene);
  await expect(approvePromotion(approver, { ...seen(unseen), drift: null })).rejects.toMatchObject({ code: "STALE" });
  await chooseChanges(owner, {
    ...preview,
    run: 2,
    selectionVersion: 0,
    scope: { kind: "rows", rows: [{ entity: "users", sourceKey: "u2" }] },
    on: false,
  });
  await expect(approvePromotion(approver, seen(unseen))).rejects.toMatchObject({ code: "STALE" });
  const final = await approval(db, approver, scene);
  expect(final.promotion.round).toBe(2);
  await approvePromotion(approver, seen(final));
  const live = await until(scene, "live");
  expect(live.decided?.accountId).toBe(approver.accountId);

  // The snapshot became Production, and after it exactly what was accepted.
  const brought = await productionRun(db, scene, { run: 3, states: ["committed"] });
  expect(brought.trigger).toBe("promotion");
  expect(brought.counts.users).toMatchObject({ read: 0, add: 3, archive: 0 });
  const list = await listChanges(owner, { ...production, run: 3, entity: "users" });
  expect(list.rows.map((row) => [row.sourceKey, row.action]).toSorted()).toEqual([
    ["u1", "add"],
    ["u2", "add"],
    ["u3", "add"],
  ]);
  const followed = await productionRun(db, scene, { run: 4, states: ["committed"] });
  expect(followed.counts.users.edit + followed.counts.users.add + followed.counts.users.archive).toBe(2);
  expect(await digestOf(scene, "preview")).toBe(frozen);
  const [commit] = await db.administrator`
    select actor from audit where institution_id = ${institution.id} and verb = 'run.commit' and detail->>'selectionVersion' is not null
    order by id desc limit 1`;
  expect(commit, "in the approver's name, who is no member").toEqual({ actor: "staff" });
  const { production: now } = await getPromotion(owner);
  expect(now).toMatchObject({ headSeq: 2, pausedAt: null });
  expect(now.automaticAt).not.toBeNull();

  await confirmLive(owner, { promotion: 1 });
  expect(await audited(scene)).toEqual([
    "member promotion.confirmed",
    "member promotion.requested",
    "staff promotion.look",
    "staff promotion.changesAsked",
    "member promotion.comment",
    "member promotion.confirmed",
    "member promotion.requested",
    "staff promotion.approved",
    "system promotion.applying",
    "system promotion.live",
    "member promotion.confirmedLive",
  ]);
  const mails = await db.administrator`
    select kind, count(*)::int as n from mails m join promotions p on p.id = m.run_id
    where p.institution_id = ${institution.id} and m.recipient in (${approver.email}, ${institution.owner.email}) group by 1 order by 1`;
  expect(mails.map(({ kind, n }) => `${kind} ${n}`)).toEqual([
    "promotion:approved:2 1",
    "promotion:changesAsked:1 1",
    "promotion:confirmedLive:2 1",
    expect.stringContaining("promotion:institutionComment:1"),
    "promotion:live:2 1",
    "promotion:requested:1 1",
    "promotion:requested:2 1",
  ]);

  // Production lives on: a start in Production, with the approved settings.
  const again = await startRun(owner, { ...production, feed: scene.feed, delivery: second, kind: "quick", autoCommit: false });
  await productionRun(db, scene, { run: again.number, states: ["ready", "ignored", "held"] });
});

test("a newest delivery that is not the accepted drift waits in Production", async () => {
  const scene = await committedScene();
  await requestPromotion(scene.owner, { seq: 1 });
  const final = await approval(db, approver, scene);
  // It arrives, and nobody has prepared it when the approver decides.
  await scene.deliver(dayTwo());
  await approvePromotion(approver, seen(final));
  await until(scene, "live");
  // Once people are told that it waits, it does.
  await eventually("the word that it waits", async () => {
    const told = await db.administrator`
      select 1 from mails m join runs r on r.id = m.run_id where r.institution_id = ${scene.institution.id} and r.number = 3 and m.kind = 'ready'`;
    return told.length > 0;
  });
  expect((await getRun(scene.owner, { ...production, run: 3 })).state).toBe("ready");
});

test("whoever asked or confirmed may not decide, also as one human with two hats, and the database holds it too (T29)", async () => {
  const scene = await committedScene();
  const both = await createStaff("approver");
  await addMember(scene.owner, { email: both.email, role: "admin" });
  const hat = await memberOf(both, scene.institution.slug);
  await confirmPromotion(hat, { seq: 1 });
  await requestPromotion(scene.owner, { seq: 1 });
  const found = await approval(db, approver, scene);
  expect((await getApproval(both, { promotion: found.id })).may.decide).toBe(false);
  await expect(approvePromotion(both, seen(found))).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(
    db.administrator`update promotions set state = 'approved', moved_by = 'staff', decided_by = ${both.accountId}
      where institution_id = ${scene.institution.id}`,
  ).rejects.toThrow(/promotions_two_people/);
  // One whose role was taken away meanwhile decides nothing either.
  const demoted = await createStaff("approver");
  await db.administrator`update staff set role = 'support' where account_id = ${demoted.accountId}`;
  await expect(approvePromotion(demoted, seen(found))).rejects.toMatchObject({ code: "FORBIDDEN" });
  // Two at once: one decides.
  const other = await createStaff("admin");
  const answers = await Promise.allSettled([
    approvePromotion(approver, seen(found)),
    approvePromotion(other, seen(found)),
    rejectPromotion(other, { promotion: found.id, reason: "Not yet" }),
  ]);
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a commit by hand in Preview asks for a word, ends the request, and what is stale is approved by nobody", async () => {
  const scene = await committedScene();
  await requestPromotion(scene.owner, { seq: 1 });
  await scene.prepare(dayTwo());
  const found = await approval(db, approver, scene);
  await expect(commitRun(scene.owner, { ...preview, run: 2, selectionVersion: 0 })).rejects.toMatchObject({
    code: "CONFLICT",
    data: { promotion: 1, type: "supersede" },
  });
  await commitRun(scene.owner, { ...preview, run: 2, selectionVersion: 0, typed: "supersede" });
  await scene.until(2, ["committed"]);
  await expect(approvePromotion(approver, seen(found))).rejects.toMatchObject({ code: "CONFLICT" });
  expect((await until(scene, "superseded")).endedAt).not.toBeNull();
  await expect(requestPromotion(scene.owner, { seq: 1 })).rejects.toMatchObject({ code: "STALE" });
  // The next one is another promotion. Past the service, the database refuses a stale snapshot as well.
  expect(await requestPromotion(scene.owner, { seq: 2 })).toEqual({ number: 2 });
  await approval(db, approver, { ...scene, promotion: 2 });
  await db.administrator`update environments set head_seq = 3 where id = ${scene.institution.environments.preview.id}`;
  await expect(
    db.administrator`update promotions set state = 'approved', moved_by = 'staff', decided_by = ${approver.accountId}
      where institution_id = ${scene.institution.id} and number = 2`,
  ).rejects.toThrow(/the snapshot is 2/);
});

test("an undecided request expires, a withdrawn one goes back to the institution, a reviewer may not ask", async () => {
  const scene = await committedScene();
  const reviewer = await createMember(scene.institution, "reviewer");
  await expect(requestPromotion(reviewer.member, { seq: 1 })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await requestPromotion(scene.owner, { seq: 1 });
  await withdrawPromotion(scene.owner, { reason: "One more look" });
  expect((await getPromotion(scene.owner)).promotion).toMatchObject({ state: "draft" });
  await requestPromotion(scene.owner, { seq: 1 });
  await db.administrator`update promotions set expires_at = now() - interval '1 minute' where institution_id = ${scene.institution.id}`;
  await db.administrator`insert into durable.clock_shifts (shift) values (interval '61 minutes')`;
  await db.administrator`select pg_notify('durable', '')`;
  await until(scene, "expired");
});
