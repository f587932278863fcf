import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runs, welcomeBatches } from "@/db/schema";
import { asEngine, asTenant } from "@/server/database";
import { sendMails } from "@/server/notify/send-mails";
import { listNotifications } from "@/server/services/notifications/list";
import { askWelcome } from "@/server/services/welcome/ask";
import { cancelWelcome, pauseWelcome, releaseWelcome, resumeWelcome } from "@/server/services/welcome/decide";
import { listWelcome, welcomeQuery } from "@/server/services/welcome/list";
import { getWelcomeOfRun } from "@/server/services/welcome/of-run";
import { saveWelcome } from "@/server/services/welcome/save";
import { DEFAULT_WELCOME } from "@/server/services/welcome/settings";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { explained, looked } from "@/tests/support/explain";
import { createMember } from "@/tests/support/institution";
import { mailServer } from "@/tests/support/mail-server";
import { createWelcomeScene, type WelcomeScene } from "./welcome-scene";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());
// What is sent is everybody's.
afterEach(() => db.administrator`delete from mails`);

const outbox = (scene: WelcomeScene) =>
  db.administrator<{ recipient: string; subject: string; text: string; html: string }[]>`
    select m.recipient, m.subject, m.text, m.html from mails m join welcome_mails w on w.mail_id = m.id
    where w.institution_id = ${scene.institution.id} order by w.line`;
const standing = (scene: WelcomeScene) => getWelcomeOfRun(scene.institution.owner.member, scene.at);
const settings = (scene: WelcomeScene, changed: Partial<typeof DEFAULT_WELCOME>) =>
  saveWelcome(scene.institution.owner.member, { ...DEFAULT_WELCOME, ...changed });

test("each new person is written to once, in waves, by the words of the institution, never with a password", async () => {
  const scene = await createWelcomeScene(db, { people: 5 });
  await settings(scene, { waveSize: 2, body: "Hello {{given name}}, you are {{user name}}.\n\n{{link}}" });
  await scene.count();
  expect(await scene.weigh()).toEqual({ state: "sending", mails: 5 });
  expect(await Promise.all([scene.wave(), scene.wave(), scene.wave()])).toContainEqual({ handed: 2, left: 0 });
  expect(await outbox(scene)).toHaveLength(2);
  expect(await standing(scene)).toMatchObject({ state: "sending", mails: 5, waiting: 3, inOutbox: 2 });
  for (const _ of [2, 3]) {
    await scene.due();
    await scene.wave();
  }
  expect(await standing(scene)).toMatchObject({ state: "done", waiting: 0, inOutbox: 5 });
  const mails = await outbox(scene);
  expect(mails.map((mail) => mail.recipient)).toEqual([1, 2, 3, 4, 5].map((n) => `person${n}@school.example`));
  expect(mails[0]).toMatchObject({
    subject: "Your account at Lakeside Unified",
    text: "Hello Given1, you are login1.\n\nhttps://product.example/\n",
  });
  expect(mails[0]?.html).toContain('href="https://product.example/"');
  expect(mails.map(({ html, text }) => html + text).join("\n")).not.toMatch(/Family\d|password/);
});

test("nobody is written to again: not by the same steps once more, not when they come as new in another commit", async () => {
  const scene = await createWelcomeScene(db, { people: 3 });
  await scene.count();
  await scene.count();
  await scene.weigh();
  await scene.weigh();
  await scene.wave();
  await db.administrator`
    update welcome_batches set state = 'counting', after_line = null, mails = 0 where id = ${scene.of.batchId}`;
  await scene.count();
  expect(await scene.weigh()).toEqual({ state: "nothing", mails: 0 });
  expect(await outbox(scene)).toHaveLength(3);
});

test("those who are edited, who return, who are inactive or of another kind get none, unless the institution says so", async () => {
  for (const how of [{ action: "edit" }, { action: "reactivate" }, { status: "inactive" }, { role: "parent" }] as const) {
    const scene = await createWelcomeScene(db, { people: 2, ...how });
    await scene.count();
    expect(await scene.weigh(), JSON.stringify(how)).toEqual({ state: "nothing", mails: 0 });
  }
  const returning = await createWelcomeScene(db, { people: 2, action: "reactivate" });
  await settings(returning, { alsoReturning: true });
  await returning.count();
  expect(await returning.weigh()).toEqual({ state: "sending", mails: 2 });
});

test("who has no address that a mail server can take is counted and listed, and gets none", async () => {
  const scene = await createWelcomeScene(db, { people: 2, email: "a@x.example, b@y.example" });
  await scene.count();
  expect(await scene.weigh()).toEqual({ state: "nothing", mails: 0 });
  expect(await standing(scene)).toMatchObject({ withoutAddress: 2 });
  const { rows } = await listWelcome(scene.institution.owner.member, { ...scene.at, show: "noAddress" });
  expect(rows.map(({ name, state }) => `${name} ${state}`)).toEqual(["Given1 Family1 noAddress", "Given2 Family2 noAddress"]);
});

test("who was archived, or lost their address, before their turn is left out", async () => {
  const scene = await createWelcomeScene(db, { people: 3 });
  await scene.count();
  await scene.weigh();
  await db.administrator`
    update user_versions set status = case source_key when 'p1' then 'archived' else status end, email = case source_key when 'p2' then null else email end
    where institution_id = ${scene.institution.id}`;
  expect(await scene.wave()).toEqual({ handed: 1, left: 2 });
  const { rows } = await listWelcome(scene.institution.owner.member, scene.at);
  expect(rows.map(({ sourcedId, state }) => `${sourcedId} ${state}`)).toEqual(["p1 gone", "p2 noAddress", "p3 inOutbox"]);
});

test("who was away at their turn is welcomed when they are back, and nobody who had a mail is", async () => {
  const scene = await createWelcomeScene(db, { people: 2 });
  await scene.count();
  await scene.weigh();
  const set = (status: string) => db.administrator`
    update user_versions set status = ${status}, action = 'reactivate' where institution_id = ${scene.institution.id} and source_key = 'p1'`;
  await set("archived");
  expect(await scene.wave()).toEqual({ handed: 1, left: 1 });
  await set("active");
  await db.administrator`
    update welcome_batches set state = 'counting', after_line = null, mails = 0, ended_at = null where id = ${scene.of.batchId}`;
  await scene.count();
  expect(await scene.weigh()).toEqual({ state: "sending", mails: 1 });
  expect(await scene.wave()).toEqual({ handed: 1, left: 0 });
  expect((await outbox(scene)).map(({ recipient }) => recipient)).toEqual(["person1@school.example", "person2@school.example"]);
});

describe("a batch that looks wrong is held", () => {
  test("because it is large: released by an admin who types the number, not by a reviewer, and only once", async () => {
    const scene = await createWelcomeScene(db, { people: 6 });
    await settings(scene, { holdAbove: 5 });
    await scene.count();
    expect(await scene.weigh()).toEqual({ state: "held", mails: 6 });
    expect(await standing(scene)).toMatchObject({ reasons: [{ kind: "many", count: 6, limit: 5 }] });
    expect(await scene.wave()).toEqual({ handed: 0, left: 0 });
    const { owner } = scene.institution;
    const reviewer = (await createMember(scene.institution, "reviewer")).member;
    await expect(releaseWelcome(reviewer, { ...scene.at, typedCount: 6 })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(releaseWelcome(owner.member, { ...scene.at, typedCount: 5 })).rejects.toMatchObject({ code: "INVALID" });
    await releaseWelcome(owner.member, { ...scene.at, typedCount: 6 });
    await expect(releaseWelcome(owner.member, { ...scene.at, typedCount: 6 })).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await scene.wave()).toEqual({ handed: 6, left: 0 });
  });

  test("and whoever can release it is told once, each of several people, in a mail of their own", async () => {
    const scene = await createWelcomeScene(db, { people: 2 });
    const admins = [await createMember(scene.institution, "admin"), await createMember(scene.institution, "admin")];
    await settings(scene, { holdAbove: 1 });
    await scene.count();
    await scene.weigh();
    const server = await mailServer();
    expect(await sendMails(server.url)).toEqual({ sent: 3, failed: 0 });
    await db.administrator`update mails set next_try_at = now() where sent_at is null`;
    expect(await sendMails(server.url)).toEqual({ sent: 0, failed: 0 });
    await server.close();
    const told = [scene.institution.owner, ...admins].map(({ actor }) => actor.email);
    expect(server.received.flatMap(({ to }) => to).toSorted()).toEqual(told.toSorted());
    const { sent } = await listNotifications(scene.institution.owner.member);
    expect(sent).toMatchObject([{ subject: expect.stringContaining("2 welcome mails are held"), state: "sent" }]);
  });

  test("because many share one address", async () => {
    const scene = await createWelcomeScene(db, { people: 30, email: "office@school.example" });
    await scene.count();
    expect(await scene.weigh()).toEqual({ state: "held", mails: 30 });
    expect(await standing(scene)).toMatchObject({ reasons: [{ kind: "shared", count: 30, of: 30 }] });
  });
});

test("people pause, resume and cancel; what is cancelled never goes, also out of the outbox", async () => {
  const scene = await createWelcomeScene(db, { people: 4 });
  await settings(scene, { waveSize: 2 });
  await scene.count();
  await scene.weigh();
  await scene.wave();
  const reviewer = (await createMember(scene.institution, "reviewer")).member;
  await pauseWelcome(reviewer, scene.at);
  await scene.due();
  expect(await scene.wave()).toEqual({ handed: 0, left: 0 });
  await expect(pauseWelcome(reviewer, scene.at)).rejects.toMatchObject({ code: "CONFLICT" });
  await resumeWelcome(reviewer, scene.at);
  expect(await cancelWelcome(reviewer, scene.at)).toEqual({ cancelled: 4 });
  await expect(cancelWelcome(reviewer, scene.at)).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await scene.wave()).toEqual({ handed: 0, left: 0 });
  const server = await mailServer();
  await sendMails(server.url);
  await server.close();
  expect(server.received.filter(({ to }) => to.some((address) => /^person/.test(address)))).toEqual([]);
  expect(await standing(scene)).toMatchObject({ state: "cancelled", cancelled: 4, waiting: 0, sent: 0 });
  const verbs = await db.administrator<{ verb: string }[]>`
    select verb from audit where institution_id = ${scene.institution.id} and verb like 'welcome%' order by id`;
  expect(verbs.map(({ verb }) => verb)).toEqual(["welcome.save", "welcome.count", "welcome.pause", "welcome.resume", "welcome.cancel"]);
});

test("the undo of a commit cancels what was not sent yet, in its own transaction; who returns later is welcomed then", async () => {
  const scene = await createWelcomeScene(db, { people: 3 });
  await settings(scene, { waveSize: 1 });
  await scene.count();
  await scene.weigh();
  await scene.wave();
  const [run] = await asEngine(scene.institution.id, (tx) => tx.select().from(runs).where(eq(runs.id, scene.runId)));
  if (run === undefined) throw new Error("No run");
  await asEngine(scene.institution.id, (tx) => askWelcome(tx, { run: { ...run, number: 8, undoOf: run.id } }));
  expect(await standing(scene)).toMatchObject({ state: "cancelled", cancelled: 3, endedReason: "The commit was undone by run 8" });
  expect(await outbox(scene)).toMatchObject([{ recipient: "", text: "" }]);
  await db.administrator`
    update welcome_batches set state = 'counting', after_line = null, mails = 0, ended_at = null where id = ${scene.of.batchId}`;
  await db.administrator`update user_versions set action = 'reactivate' where institution_id = ${scene.institution.id}`;
  await scene.count();
  expect(await scene.weigh()).toEqual({ state: "sending", mails: 3 });
});

test("an institution that is shut, as at its deletion, writes to nobody any more", async () => {
  const scene = await createWelcomeScene(db, { people: 2 });
  await scene.count();
  await scene.weigh();
  await db.administrator`update institutions set disabled_at = now() where id = ${scene.institution.id}`;
  expect(await scene.wave()).toEqual({ handed: 0, left: 0 });
  expect(await outbox(scene)).toEqual([]);
  await db.administrator`update institutions set disabled_at = null where id = ${scene.institution.id}`;
  expect(await scene.wave()).toEqual({ handed: 2, left: 0 });
});

test("the vendor's limit of an hour holds whatever the waves say", async () => {
  const scene = await createWelcomeScene(db, { people: 5 });
  await db.administrator`insert into institution_limits (institution_id, mails_per_hour) values (${scene.institution.id}, 3)`;
  await scene.count();
  await scene.weigh();
  expect(await scene.wave()).toEqual({ handed: 3, left: 0 });
  await scene.due();
  expect(await scene.wave()).toEqual({ handed: 0, left: 0 });
  await db.administrator`update welcome_mails set handed_at = handed_at - interval '61 minutes' where institution_id = ${scene.institution.id}`;
  await scene.due();
  expect(await scene.wave()).toEqual({ handed: 2, left: 0 });
});

test("after it was sent nobody is named in the outbox; an address refused for good is listed by its code and not tried again", async () => {
  const scene = await createWelcomeScene(db, { people: 2 });
  await scene.count();
  await scene.weigh();
  await scene.wave();
  const server = await mailServer();
  server.refuseRecipient("person2@school.example", 550);
  expect(await sendMails(server.url)).toEqual({ sent: 1, failed: 1 });
  await db.administrator`update mails set next_try_at = now() where next_try_at < 'infinity' and sent_at is null`;
  expect(await sendMails(server.url)).toEqual({ sent: 0, failed: 0 });
  await server.close();
  expect(server.received.map(({ to }) => to)).toEqual([["person1@school.example"]]);
  expect(await standing(scene)).toMatchObject({ sent: 1, failed: 1, failing: 0 });
  const { rows } = await listWelcome(scene.institution.owner.member, { ...scene.at, show: "failed" });
  expect(rows).toMatchObject([{ sourcedId: "p2", name: "Given2 Family2", state: "failed", error: "550" }]);
  expect(await outbox(scene)).toEqual([1, 2].map(() => ({ recipient: "", subject: "", text: "", html: "" })));
});

test("fifty thousand people are counted in bounded steps, and a wave of 500 in one", async () => {
  const scene = await createWelcomeScene(db, { people: 50_000 });
  await db.administrator`analyze user_versions`;
  await settings(scene, { waveSize: 500, holdAbove: 100_000 });
  expect(await scene.count()).toBe(6);
  expect(await scene.weigh()).toEqual({ state: "sending", mails: 50_000 });
  expect(await scene.wave()).toEqual({ handed: 500, left: 0 });
  const { rows, next } = await listWelcome(scene.institution.owner.member, { ...scene.at, after: 25_001 });
  expect([rows.length, rows[0]?.sourcedId, next]).toEqual([100, "p25001", 25_101]);
  expect(await standing(scene)).toMatchObject({ waiting: 49_500, inOutbox: 500 });
});

test("a page of fifty thousand people's mails reads its own rows, each mail by its key", async () => {
  const scene = await createWelcomeScene(db, { people: 50_000 });
  await scene.count();
  await db.administrator`analyze user_versions`;
  await db.administrator`analyze welcome_mails`;
  const { institutionId, batchId } = scene.of;
  const nodes = await asTenant(institutionId, async (tx) => {
    const [batch] = await tx.select().from(welcomeBatches).where(eq(welcomeBatches.id, batchId));
    if (batch === undefined) throw new Error("no batch");
    return explained(tx, welcomeQuery(batch, DEFAULT_WELCOME, { show: "all", after: 25_001 }));
  });
  expect(looked(nodes)).toBeGreaterThanOrEqual(202);
  expect(looked(nodes)).toBeLessThan(1_000);
});
