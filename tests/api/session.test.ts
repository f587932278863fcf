import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf } from "@/server/auth/actor";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, signedIn } from "@/tests/support/institution";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

test("a person sees who they are and every institution they belong to, by name", async () => {
  const institution = await createInstitution();
  const session = await callerAs(institution.owner.actor).session.get();
  expect(session.account.email).toBe(institution.owner.email);
  expect(session.institutions).toEqual([{ slug: institution.slug, name: institution.name, timeZone: "America/Chicago", role: "owner" }]);
  expect(session.staffRole).toBeNull();
});

test("without a session there is nothing to see", async () => {
  await expect(callerAs(null).session.get()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});

test("a revoked session is refused at the next request, the others live on", async () => {
  const { owner } = await createInstitution();
  const other = await signedIn(owner.id);
  expect(await actorOf(other.sessionId)).toMatchObject({ accountId: owner.id });
  await callerAs(owner.actor).session.revoke({ id: other.sessionId });
  expect(await actorOf(other.sessionId)).toBeNull();
  expect(await actorOf(owner.actor.sessionId)).toMatchObject({ accountId: owner.id });
});

test("signing out everywhere ends every session of the account, this one too", async () => {
  const { owner } = await createInstitution();
  const other = await signedIn(owner.id);
  await callerAs(owner.actor).session.signOutEverywhere();
  expect(await actorOf(other.sessionId)).toBeNull();
  expect(await actorOf(owner.actor.sessionId)).toBeNull();
});

test("somebody else's session cannot be ended, and is told apart from no session by nobody", async () => {
  const [one, two] = [await createInstitution(), await createInstitution()];
  const foreign = callerAs(one.owner.actor).session.revoke({ id: two.owner.actor.sessionId });
  await expect(foreign).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await actorOf(two.owner.actor.sessionId)).not.toBeNull();
});

test("a session ends after 8 idle hours, after 30 days, and with its account", async () => {
  const { owner } = await createInstitution();
  for (const ended of ["seen_at = now() - interval '8 hours 1 second'", "expires_at = now()"]) {
    const { sessionId } = await signedIn(owner.id);
    await db.administrator.unsafe(`update sessions set ${ended} where id = '${sessionId}'`);
    expect(await actorOf(sessionId), ended).toBeNull();
  }
  await db.administrator`update accounts set disabled_at = now() where id = ${owner.id}`;
  expect(await actorOf(owner.actor.sessionId)).toBeNull();
});
