import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { asEngine } from "@/server/database";
import { listMails } from "@/server/notify/list-mails";
import { mailState } from "@/server/notify/mail-state";
import { notify } from "@/server/notify/notify";
import { NOTICE_KINDS } from "@/server/notify/render";
import { sendMails } from "@/server/notify/send-mails";
import { openBrowser } from "@/tests/support/browser";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, createMember, type TestInstitution } from "@/tests/support/institution";
import { mailServer } from "@/tests/support/mail-server";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());
afterEach(() => db.administrator`delete from mails`);

const users = {
  read: 900,
  add: 179,
  edit: 136,
  archive: 52,
  reactivate: 1,
  rekey: 2,
  unchanged: 532,
  rejected: 0,
  refused: 0,
  ignored: 0,
  before: 900,
};
const none = { ...users, read: 0, add: 0, edit: 0, archive: 0, reactivate: 0, rekey: 0, unchanged: 0 };
const counts = {
  users,
  classes: { ...none, add: 30, edit: 12 },
  people: { students: { ...users, edit: 118, archive: 43 }, teachers: { ...none, edit: 18, archive: 9 }, others: none },
};

/** A run as the engine leaves it. */
async function aRun(institution: TestInstitution, more: { state: string; reason?: string; verdict?: object }): Promise<string> {
  const [feed] = await db.administrator<{ id: number }[]>`
    insert into feeds (institution_id, name, source) values (${institution.id}, 'SIS', 'oneroster-csv') returning id`;
  const [delivery] = await db.administrator<{ id: string }[]>`
    insert into deliveries (institution_id, feed_id, state, door) values (${institution.id}, ${feed?.id ?? 0}, 'ready', 'upload') returning id`;
  const [run] = await db.administrator<{ id: string }[]>`
    insert into runs (institution_id, number, environment_id, feed_id, delivery_id, kind, trigger, settings_version, state, reason, counts, verdict, prepared_at, ended_at)
    values (${institution.id}, 214, ${institution.environments.preview.id}, ${feed?.id ?? 0}, ${delivery?.id ?? ""}, 'full', 'person', 1, ${more.state},
      ${more.reason ?? null}, ${db.administrator.json(counts)}, ${db.administrator.json({ ...(more.verdict ?? { outcome: "ready", reasons: [] }) })},
      '2026-11-22 08:35Z', '2026-11-22 09:00Z')
    returning id`;
  return run?.id ?? "";
}

test("subject and both parts say the verdict, the counts and where; nobody's name is in them", async () => {
  const institution = await createInstitution();
  const runId = await aRun(institution, { state: "ready" });
  await asEngine(institution.id, (tx) => notify(tx, { runId, kind: "ready" }));
  const [mail] = await listMails();
  expect(mail?.recipient).toBe(institution.owner.email);
  expect(mail?.subject).toBe("[Preview] 412 changes ready to review — Lakeside Unified");
  for (const part of [mail?.text, mail?.html]) {
    expect(part).toContain("412 changes wait for you. Nothing has been written.");
    expect(part).toContain("179 students, 30 classes");
    expect(part).toContain("118 students, 18 teachers, 12 classes");
    expect(part).toContain("43 students, 9 teachers");
    expect(part).toContain("Nov 22, 2026, 02:35 CST");
    expect(part).toContain(`http://localhost:3000/i/${institution.slug}/preview/runs/214`);
    expect(part).toContain("an owner");
    expect(part).not.toContain("Whitfield");
  }
});

test("what is left off is not counted as ready, and is told once committed", async () => {
  const institution = await createInstitution();
  const runId = await aRun(institution, { state: "ready" });
  await db.administrator`
    insert into left_out (institution_id, run_id, entity, source_key, action, part, cause, off_at)
    values (${institution.id}, ${runId}, 'users', 'a', 'archive', 'students', 'person', 1), (${institution.id}, ${runId}, 'classes', 'b', 'add', null, 'person', 1)`;
  await asEngine(institution.id, (tx) => notify(tx, { runId, kind: "ready" }));
  expect((await listMails())[0]?.subject).toBe("[Preview] 410 changes ready to review — Lakeside Unified");

  // A commit takes what is left out from the run's numbers.
  await db.administrator`
    update runs set state = 'committed',
      counts = jsonb_set(jsonb_set(counts, '{classes,add}', '29'), '{people,students,archive}', '42') where id = ${runId}`;
  await asEngine(institution.id, (tx) => notify(tx, { runId, kind: "committed" }));
  const [mail] = await listMails();
  expect(mail?.subject).toBe("[Preview] 410 changes committed — Lakeside Unified");
  expect(mail?.text).toContain("42 students, 9 teachers");
  expect(mail?.text).toContain("179 students, 29 classes");
  expect(mail?.text).toContain("2 left out, as chosen.");
});

test("a held run's mail names each cause in numbers", async () => {
  const institution = await createInstitution();
  const reasons = [
    { kind: "archive", entity: "users", count: 300, of: 1200, limit: 10, schools: [] },
    { kind: "empty", entity: "classes", count: 80, of: 80, limit: 0, schools: [] },
    { kind: "errors", entity: "users", file: "users.csv", count: 60, of: 1000, limit: 5, schools: [] },
  ];
  const runId = await aRun(institution, { state: "held", verdict: { outcome: "hold", reasons } });
  await asEngine(institution.id, (tx) => notify(tx, { runId, kind: "held" }));
  const [mail] = await listMails();
  expect(mail?.subject).toContain("Held");
  for (const sentence of [
    "300 of 1,200 people would be archived.",
    "No classes would be left.",
    "60 of 1,000 rows of users.csv are in error.",
  ]) {
    expect(mail?.text).toContain(sentence);
    expect(mail?.html).toContain(sentence);
  }
});

test("a failed run says why and that nothing changed", async () => {
  const institution = await createInstitution();
  const runId = await aRun(institution, { state: "failed", reason: "The storage is full" });
  await asEngine(institution.id, (tx) => notify(tx, { runId, kind: "failed" }));
  const [mail] = await listMails();
  expect(mail?.subject).toBe("[Preview] Run 214 failed, nothing changed — Lakeside Unified");
  expect(mail?.text).toContain("The storage is full.");
});

test("every kind of mail has a text part, one link and the way to stop its kind, and the same words under another institution's name", async () => {
  const institution = await createInstitution('Kraków <b>&amp; "Sons"</b>\r\nBcc: eve@evil.example');
  const runId = await aRun(institution, { state: "ready" });
  for (const kind of NOTICE_KINDS) await asEngine(institution.id, (tx) => notify(tx, { runId, kind }));
  const mails = await listMails();
  expect(mails).toHaveLength(NOTICE_KINDS.length);
  for (const mail of mails) {
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.html).not.toContain("<b>&amp; ");
    const links = [...mail.html.matchAll(/href="([^"]*)"/g)].map(([, href]) => new URL(href ?? "").pathname.split("/")[1]);
    // An owner has to hear of a failure.
    expect(links, mail.kind).toEqual(mail.kind === "failed" ? ["i"] : ["i", "unsubscribe"]);
    expect(mail.text.length).toBeGreaterThan(150);
  }
});

test("a mail goes once to each who can act, however often it is asked for, also at once", async () => {
  const institution = await createInstitution();
  const reviewer = await createMember(institution, "reviewer");
  await createMember(institution, "viewer");
  const stranger = await createInstitution();
  const runId = await aRun(institution, { state: "ready" });
  const added = await Promise.all(Array.from({ length: 8 }, () => asEngine(institution.id, (tx) => notify(tx, { runId, kind: "ready" }))));
  expect(added.reduce((sum, one) => sum + one, 0)).toBe(2);
  const to = (await listMails()).map((mail) => mail.recipient).toSorted();
  expect(to).toEqual([institution.owner.email, reviewer.actor.email].toSorted());
  expect(to).not.toContain(stranger.owner.email);
  expect(await asEngine(institution.id, (tx) => notify(tx, { runId, kind: "failed" }))).toBe(1);
});

test("a notice that is rolled back is never sent", async () => {
  const institution = await createInstitution();
  const runId = await aRun(institution, { state: "ready" });
  const undone = asEngine(institution.id, async (tx) => {
    await notify(tx, { runId, kind: "ready" });
    throw new Error("the commit failed");
  });
  await expect(undone).rejects.toThrow("the commit failed");
  expect(await listMails()).toEqual([]);
});

test("by SMTP each mail arrives once, with both parts, to exactly its recipient", async () => {
  const institution = await createInstitution();
  const runId = await aRun(institution, { state: "ready" });
  await asEngine(institution.id, (tx) => notify(tx, { runId, kind: "ready" }));
  await openBrowser().call("signIn.request", { email: institution.owner.email });
  const server = await mailServer();
  const outcomes = await Promise.all([sendMails(server.url), sendMails(server.url), sendMails(server.url)]);
  expect(outcomes.reduce((sum, one) => sum + one.sent, 0)).toBe(2);
  expect(await sendMails(server.url)).toEqual({ sent: 0, failed: 0 });
  await server.close();
  expect(server.received.map((mail) => mail.to)).toEqual([[institution.owner.email], [institution.owner.email]]);
  const notice = server.received.map((mail) => mail.parsed).find((mail) => mail.subject?.startsWith("[Preview]"));
  expect(notice?.subject).toBe("[Preview] 412 changes ready to review — Lakeside Unified");
  expect(notice?.text).toContain("179 students, 30 classes");
  expect(notice?.html).toContain("179 students, 30 classes");
  expect(notice?.headers.find((header) => header.key === "auto-submitted")?.value).toBe("auto-generated");
  expect(notice?.bcc ?? notice?.cc).toBeUndefined();
  const signIn = (await listMails()).find((mail) => mail.kind === "signIn");
  expect(signIn).toMatchObject({ html: "", text: "" });
});

test("while the mail server refuses, mails wait and are tried again later; then each arrives once", async () => {
  const institution = await createInstitution();
  const runId = await aRun(institution, { state: "ready" });
  await asEngine(institution.id, (tx) => notify(tx, { runId, kind: "ready" }));
  const server = await mailServer();
  server.refuse(true);
  const [refused] = await db.administrator<{ at: Date }[]>`select now() as at`;
  expect(await sendMails(server.url)).toEqual({ sent: 0, failed: 1 });
  expect(await sendMails(server.url)).toEqual({ sent: 0, failed: 0 });
  expect(await mailState()).toMatchObject({ waiting: 1, lastError: "451" });
  const [row] = await db.administrator<{ wait: number; attempts: number }[]>`
    select extract(epoch from next_try_at - ${refused?.at ?? null}::timestamptz)::int as wait, attempts from mails`;
  expect(row?.attempts).toBe(1);
  expect(row?.wait).toBeGreaterThan(20);
  server.refuse(false);
  await db.administrator`update mails set next_try_at = now()`;
  expect(await sendMails(server.url)).toEqual({ sent: 1, failed: 0 });
  await server.close();
  expect(server.received).toHaveLength(1);
});

test("without a mail server nothing is touched: mails wait", async () => {
  const institution = await createInstitution();
  const runId = await aRun(institution, { state: "ready" });
  await asEngine(institution.id, (tx) => notify(tx, { runId, kind: "ready" }));
  expect(await sendMails(undefined)).toEqual({ sent: 0, failed: 0 });
  expect(await mailState()).toMatchObject({ isConfigured: false, waiting: 1 });
});

test("a sign-in mail that waited past its ten minutes is wiped, not sent", async () => {
  const { owner } = await createInstitution();
  await openBrowser().call("signIn.request", { email: owner.email });
  await db.administrator`update mails set created_at = now() - interval '11 minutes'`;
  const server = await mailServer();
  expect(await sendMails(server.url)).toEqual({ sent: 0, failed: 0 });
  await server.close();
  expect(await listMails()).toMatchObject([{ html: "", text: "", sentAt: null }]);
});
