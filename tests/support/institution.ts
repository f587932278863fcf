import { randomBytes } from "node:crypto";
import { sql } from "drizzle-orm";
import { accounts, sessions, staff } from "@/db/schema";
import { type Actor, actorOf, memberOf, type TenantActor } from "@/server/auth/actor";
import type { Role, StaffRole } from "@/server/auth/permissions";
import { asVendor, untenanted } from "@/server/database";
import { createInstitution as create } from "@/server/services/institutions/create";
import { addMember } from "@/server/services/members/add";
import { startStaffSession } from "@/server/services/second-factor/staff-session";

const unique = (): string => randomBytes(5).toString("hex");

/** One test's own institution, with its owner signed in. */
export async function createInstitution(name = "Lakeside Unified") {
  const slug = `test-${unique()}`;
  const made = await create(
    { kind: "command", accountId: null },
    { slug, name, timeZone: "America/Chicago", ownerEmail: `owner-${slug}@school.example`, ownerName: "Dana Whitfield" },
  );
  const owner = await signedIn(made.owner.id);
  return { ...made, owner: { ...made.owner, actor: owner, member: await memberOf(owner, slug) } };
}
export type TestInstitution = Awaited<ReturnType<typeof createInstitution>>;

/** A further member, signed in: as a person (`actor`) and inside the institution (`member`). */
export async function createMember(institution: TestInstitution, role: Role): Promise<{ actor: Actor; member: TenantActor }> {
  const added = await addMember(institution.owner.member, { email: `${role}-${unique()}@school.example`, role });
  const actor = await signedIn(added.accountId);
  return { actor, member: await memberOf(actor, institution.slug) };
}

/** A person of the vendor, signed in and with their second factor given. */
export async function createStaff(role: StaffRole): Promise<Actor & { staffRole: StaffRole; staffSessionId: string }> {
  const accountId = await asVendor(async (tx) => {
    const [made] = await tx
      .insert(accounts)
      .values({ email: `${role}-${unique()}@vendor.example` })
      .returning({ id: accounts.id });
    if (made === undefined) throw new Error("No account was made");
    await tx.insert(staff).values({ accountId: made.id, role });
    return made.id;
  });
  const person = { ...(await signedIn(accountId)), staffRole: role };
  const token = await untenanted((tx) => startStaffSession(tx, { person, factor: "totp" }));
  const found = await actorOf(person.sessionId, token);
  if (found?.staffSessionId == null) throw new Error("No staff session was made");
  return { ...person, staffSessionId: found.staffSessionId };
}

/** The account as a request of a new session would find it. */
export async function signedIn(accountId: number): Promise<Actor> {
  return untenanted(async (tx) => {
    const [session] = await tx
      .insert(sessions)
      .values({ accountId, expiresAt: sql`now() + interval '30 days'` })
      .returning({ id: sessions.id });
    const [account] = await tx.execute<{ email: string; name: string | null }>(
      sql`select email, name from accounts where id = ${accountId}`,
    );
    if (session === undefined || account === undefined) throw new Error(`No account ${accountId}`);
    return { accountId, sessionId: session.id, email: account.email, name: account.name, staffRole: null, staffSessionId: null };
  });
}
