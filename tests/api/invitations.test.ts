import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listMails } from "@/server/notify/list-mails";
import { openBrowser, type TestBrowser } from "@/tests/support/browser";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, createMember, createStaff, type TestInstitution } from "@/tests/support/institution";
import { whoIs } from "@/tests/support/sign-in";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

let people = 0;
const newEmail = (): string => `invited-${++people}@school.example`;
const tokensOf = async (email: string): Promise<string[]> =>
  (await listMails()).filter(({ recipient }) => recipient === email).map(({ text }) => /\/invite\/(\S+)/.exec(text)?.[1] ?? "");

/** Invites as an owner does; the token out of the mail. */
async function invited(institution: TestInstitution, email = newEmail(), role: "owner" | "admin" | "viewer" = "viewer") {
  const { id } = await callerAs(institution.owner.actor).invitations.create({ institution: institution.slug, email, role });
  return { id, email, token: (await tokensOf(email))[0] ?? "" };
}

const press = (token: string, browser: TestBrowser = openBrowser()) => browser.signInBy("invitation", { token });
const look = async (token: string) => (await callerAs(null).invitations.look({ token }))?.state ?? null;
const audited = (institution: TestInstitution, verb: string) =>
  db.administrator`select account_id, actor, detail from audit where institution_id = ${institution.id} and verb = ${verb}`;

describe("an invitation's link", () => {
  test("makes the invited address a member in one press, signed in, with the role that was offered", async () => {
    const institution = await createInstitution();
    const { email, token } = await invited(institution, newEmail(), "admin");
    const browser = openBrowser();
    expect(await press(token, browser)).toBeNull();
    expect((await browser.query("session.get")).data).toMatchObject({
      account: { email },
      institutions: [{ slug: institution.slug, role: "admin" }],
    });
    expect(await look(token)).toBe("used");
    expect(await audited(institution, "invitation.accept")).toEqual([
      { account_id: expect.any(Number), actor: "member", detail: { role: "admin" } },
    ]);
  });

  test("is used up by a press alone: looking, as scanners do, changes nothing and signs nobody in (T25)", async () => {
    const institution = await createInstitution();
    const { email, token } = await invited(institution);
    const scanner = openBrowser();
    for (let times = 0; times < 5; times++) {
      expect((await scanner.query("invitations.look", { token })).data).toMatchObject({
        state: "open",
        email,
        institution: institution.name,
      });
      await scanner.send(`/api/auth/callback/invitation?token=${token}`);
    }
    expect(await whoIs(scanner)).toBe(401);
    expect(await press(token)).toBeNull();
  });

  test("of twenty presses at once signs one in, and none after it", async () => {
    const institution = await createInstitution();
    const { token } = await invited(institution);
    const browsers = Array.from({ length: 20 }, () => openBrowser());
    const answers = await Promise.all(browsers.map((browser) => press(token, browser)));
    expect(answers.filter((answer) => answer === null)).toHaveLength(1);
    expect((await Promise.all(browsers.map(whoIs))).filter((status) => status === 200)).toHaveLength(1);
    expect(await press(token)).toBe("Ended");
  });

  test("dies when it expires, is taken back, or a newer one is sent; and an unknown one says no more", async () => {
    const institution = await createInstitution();
    const [expired, revoked, replaced] = [await invited(institution), await invited(institution), await invited(institution)];
    await db.administrator`update invitations set expires_at = now() where id = ${expired.id}`;
    await callerAs(institution.owner.actor).invitations.revoke({ institution: institution.slug, id: revoked.id });
    await invited(institution, replaced.email);
    expect([await look(expired.token), await look(revoked.token), await look(replaced.token), await look("unknown")]).toEqual([
      "expired",
      "ended",
      "ended",
      null,
    ]);
    for (const { token } of [expired, revoked, replaced, { token: "unknown" }]) expect(await press(token)).toBe("Ended");
  });

  test("that expired is renewed by mail to the same address only, and stays dead itself", async () => {
    const institution = await createInstitution();
    const { id, email, token } = await invited(institution);
    const { renew } = callerAs(null).invitations;
    expect(await renew({ token }), "while it is open").toEqual({ isSent: false });
    await db.administrator`update invitations set expires_at = now() where id = ${id}`;
    expect(await Promise.all([renew({ token }), renew({ token })])).toContainEqual({ isSent: true });
    const tokens = await tokensOf(email);
    expect(tokens).toHaveLength(2);
    expect(await press(token)).toBe("Ended");
    expect(await press(tokens[0] ?? "")).toBeNull();
    expect(await renew({ token: tokens[0] ?? "" })).toEqual({ isSent: false });
  });

  test("is kept as a digest", async () => {
    const { id, token } = await invited(await createInstitution());
    const [row] = await db.administrator`select to_jsonb(i)::text as row from invitations i where id = ${id}`;
    expect(token.length).toBeGreaterThan(40);
    expect(row?.row).not.toContain(token);
  });

  test("gives nothing anew to who belongs already, and lets in again who was removed", async () => {
    const institution = await createInstitution();
    const { member, actor } = await createMember(institution, "admin");
    await callerAs(institution.owner.actor).members.remove({ institution: institution.slug, accountId: actor.accountId });
    const again = await invited(institution, actor.email, "viewer");
    await db.administrator`update members set removed_at = null where account_id = ${actor.accountId}`;
    expect(await press(again.token)).toBeNull();
    expect(member.role).toBe("admin");
    const [kept] = await db.administrator`select role from members where account_id = ${actor.accountId}`;
    expect(kept).toEqual({ role: "admin" });
    await db.administrator`update members set removed_at = now() where account_id = ${actor.accountId}`;
    const anew = await invited(institution, actor.email, "viewer");
    expect(await press(anew.token)).toBeNull();
    const [back] = await db.administrator`select role, removed_at from members where account_id = ${actor.accountId}`;
    expect(back).toEqual({ role: "viewer", removed_at: null });
  });
});

test("a member is not invited, an address that is none neither, and three mails a quarter of an hour are enough (T24)", async () => {
  const institution = await createInstitution();
  const { actor } = await createMember(institution, "viewer");
  await expect(invited(institution, actor.email)).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(invited(institution, '"e@evil"@school.example')).rejects.toMatchObject({ code: "BAD_REQUEST" });
  const email = newEmail();
  for (let times = 0; times < 3; times++) await invited(institution, email);
  await expect(invited(institution, email)).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
});

describe("an institution that staff invite", () => {
  const zone = "America/Chicago";

  test("is nobody's until the invited owner presses, and has its word made of its name", async () => {
    const staff = callerAs(await createStaff("admin"));
    const name = `Ölm Pàrk & Söhne ${++people}`;
    const email = newEmail();
    const made = await staff.vendor.invite({ name, timeZone: zone, ownerEmail: email });
    expect(made.slug).toMatch(/^olm-park-sohne-\d+$/);
    const twin = await staff.vendor.invite({ name, timeZone: zone, ownerEmail: newEmail() });
    expect(twin.slug).toBe(`${made.slug}-2`);
    expect(await db.administrator`select role from members where institution_id = ${made.id}`).toEqual([]);
    const browser = openBrowser();
    expect(await press((await tokensOf(email))[0] ?? "", browser)).toBeNull();
    expect((await browser.query("session.get")).data).toMatchObject({
      institutions: [{ slug: made.slug, name, role: "owner", timeZone: zone }],
    });
    const entries = await db.administrator`select actor, verb from audit where institution_id = ${made.id} order by id`;
    expect(entries).toEqual([
      { actor: "staff", verb: "institution.create" },
      { actor: "member", verb: "invitation.accept" },
    ]);
  });

  test("asks somebody else while it has no owner, and nobody once it has one", async () => {
    const staff = callerAs(await createStaff("admin"));
    const [first, second] = [newEmail(), newEmail()];
    const { slug } = await staff.vendor.invite({ name: "Elm Park", timeZone: zone, ownerEmail: first });
    await staff.vendor.inviteOwner({ institution: slug, ownerEmail: second });
    expect(await press((await tokensOf(first))[0] ?? "")).toBe("Ended");
    expect(await press((await tokensOf(second))[0] ?? "")).toBeNull();
    await expect(staff.vendor.inviteOwner({ institution: slug, ownerEmail: first })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("is founded by admins of the vendor alone", async () => {
    for (const role of ["support", "approver"] as const) {
      const asked = callerAs(await createStaff(role)).vendor.invite({ name: "Elm", timeZone: zone, ownerEmail: newEmail() });
      await expect(asked).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    const admin = callerAs(await createStaff("admin"));
    await expect(admin.vendor.invite({ name: "Elm", timeZone: "Mars/Base", ownerEmail: newEmail() })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  });
});
