import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asEngine, asTenant } from "@/server/database";
import { NOTIFICATION_KINDS, notificationKinds } from "@/server/notify/kinds";
import { notifyStep } from "@/server/notify/notify-step";
import { recipientsOf } from "@/server/notify/recipients";
import { unsubscribeUrl } from "@/server/notify/unsubscribe";
import { acceptInvitation } from "@/server/services/invitations/accept";
import { createInvitation } from "@/server/services/invitations/create";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, createMember, type TestInstitution } from "@/tests/support/institution";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

const nobody = () => callerAs(null).notifications;
const tokenOf = (url: string): string => new URL(url).pathname.replace("/unsubscribe/", "");
const to = (institution: TestInstitution, kind: (typeof KINDS)[number]) =>
  asEngine(institution.id, async (tx) => (await recipientsOf(tx, { institutionId: institution.id, kind })).map(({ email }) => email));
const KINDS = notificationKinds();

test("each member gets what their role can do something about, unless they chose otherwise, in this institution alone", async () => {
  const [institution, other] = [await createInstitution(), await createInstitution()];
  const reviewer = await createMember(institution, "reviewer");
  const viewer = await createMember(institution, "viewer");
  const mine = callerAs(reviewer.actor).notifications;
  const at = { institution: institution.slug };
  expect((await callerAs(viewer.actor).notifications.list(at)).kinds).toEqual([]);
  expect((await mine.list(at)).kinds.map(({ kind, isOn }) => `${kind} ${isOn}`)).toEqual([
    "ready true",
    "held true",
    "committed true",
    "expired false",
  ]);
  expect(await to(institution, "committed")).toContain(reviewer.actor.email);
  await mine.choose({ ...at, kind: "committed", on: false });
  expect(await to(institution, "committed")).toEqual([institution.owner.email]);
  expect(await to(institution, "ready")).toContain(reviewer.actor.email);
  await mine.choose({ ...at, kind: "expired", on: true });
  expect(await to(institution, "expired")).toContain(reviewer.actor.email);
  await expect(mine.choose({ ...at, kind: "promotion", on: true })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  await expect(callerAs(institution.owner.actor).notifications.choose({ ...at, kind: "failed", on: false })).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
  expect(await to(other, "committed")).toEqual([other.owner.email]);
});

test("the link in a mail ends its kind by a press without a sign-in, and by nothing less (T25)", async () => {
  const institution = await createInstitution();
  const { id: accountId, email } = institution.owner;
  const of = { institutionId: institution.id, accountId, kind: "ready" } as const;
  const token = tokenOf(unsubscribeUrl(of));
  for (let opened = 0; opened < 5; opened += 1)
    expect(await nobody().lookUnsubscribe({ token })).toMatchObject({ label: NOTIFICATION_KINDS.ready.label, isOn: true });
  expect(await to(institution, "ready")).toEqual([email]);
  const signature = token.split(".")[3];
  for (const forged of [
    `${institution.id}.${accountId}.held.${signature}`,
    `${institution.id}.${accountId + 1}.ready.${signature}`,
    `${institution.id + 1}.${accountId}.ready.${signature}`,
    `${token}x`,
    "",
    "a.b.c.d",
  ]) {
    if (forged === "") continue;
    expect(await nobody().lookUnsubscribe({ token: forged })).toBeNull();
    expect(await nobody().unsubscribe({ token: forged })).toEqual({ isOff: false });
  }
  expect(await nobody().unsubscribe({ token })).toEqual({ isOff: true });
  expect(await nobody().unsubscribe({ token })).toEqual({ isOff: true });
  expect(await to(institution, "ready")).toEqual([]);
  expect(await to(institution, "held")).toEqual([email]);
  const entries =
    await db.administrator`select detail from audit where institution_id = ${institution.id} and verb = 'notification.unsubscribe'`;
  expect(entries.map(({ detail }) => detail)).toEqual([{ kind: "ready" }]);
});

test("what an owner has to hear has no such link, and a link from before they were one ends nothing", async () => {
  const institution = await createInstitution();
  const admin = await createMember(institution, "admin");
  const links = await asEngine(institution.id, (tx) => recipientsOf(tx, { institutionId: institution.id, kind: "failed" }));
  expect(links.map(({ role, stopUrl }) => [role, stopUrl !== null]).toSorted()).toEqual([
    ["admin", true],
    ["owner", false],
  ]);
  const token = tokenOf(unsubscribeUrl({ institutionId: institution.id, accountId: admin.actor.accountId, kind: "failed" }));
  await db.administrator`update members set role = 'owner' where account_id = ${admin.actor.accountId}`;
  expect(await nobody().unsubscribe({ token })).toEqual({ isOff: false });
  await db.administrator`update members set removed_at = now() where account_id = ${admin.actor.accountId}`;
  expect(await nobody().lookUnsubscribe({ token })).toBeNull();
});

test("steps are told once to those concerned, with a link and the way to stop, and stand in the list of mails to them", async () => {
  const institution = await createInstitution();
  const admin = await createMember(institution, "admin");
  const step = { kind: "handOff", id: randomUUID(), isPrepared: true } as const;
  for (let told = 0; told < 2; told += 1) await asTenant(institution.id, (tx) => notifyStep(tx, { institutionId: institution.id, step }));
  const mails = await db.administrator<{ recipient: string; subject: string; text: string; html: string }[]>`
    select recipient, subject, text, html from mails where run_id = ${step.id} order by recipient`;
  expect(mails.map(({ recipient }) => recipient)).toEqual([admin.actor.email, institution.owner.email].toSorted());
  for (const mail of mails) {
    expect(mail.subject).toBe("The files that you asked for have come — Lakeside Unified");
    for (const part of [mail.text, mail.html]) {
      expect(part).toContain(`/i/${institution.slug}/setup`);
      expect(part).toContain("/unsubscribe/");
    }
  }
  const list = (actor: typeof admin.actor) => callerAs(actor).notifications.list({ institution: institution.slug });
  expect((await list(admin.actor)).sent).toMatchObject([{ subject: mails[0]?.subject, state: "waiting" }]);
  const stranger = await createMember(await createInstitution(), "admin");
  expect((await callerAs(stranger.actor).notifications.list({ institution: stranger.member.institution.slug })).sent).toEqual([]);
});

test("who invites hears that somebody joined, without a name", async () => {
  const institution = await createInstitution();
  await createInvitation(institution.owner.member, { email: "new.colleague@school.example", role: "reviewer" });
  const [mail] = await db.administrator<{ text: string }[]>`select text from mails where recipient = 'new.colleague@school.example'`;
  const token = /\/invite\/([\w-]+)/.exec(mail?.text ?? "")?.[1] ?? "";
  await acceptInvitation(token, new Headers());
  const told = await db.administrator<{ recipient: string; text: string }[]>`
    select recipient, text from mails where kind = 'member' and of_institution = ${institution.id}`;
  expect(told.map(({ recipient }) => recipient)).toEqual([institution.owner.email]);
  expect(told[0]?.text).not.toContain("new.colleague");
});
