import { sql } from "drizzle-orm";
import { asVendor, untenanted } from "@/server/database";
import { AppError } from "@/server/errors";
import { digestOf } from "@/server/secrets";
import { type Permission, type Role, roleCan, type StaffRole } from "./permissions";

/** A person who signed in, as this request found them: everything here was read from the database a moment ago. */
export interface Actor {
  readonly accountId: number;
  readonly sessionId: string;
  readonly email: string;
  readonly name: string | null;
  /** Null for everyone who is not of the vendor. */
  readonly staffRole: StaffRole | null;
  /** The staff session that a second factor gave this browser; null without one, and then the role opens nothing. */
  readonly staffSessionId: string | null;
}

/** Who acts inside one institution: what every verb of an institution takes first. */
export interface TenantActor {
  /**
   * `command`: somebody with a shell on the machine, who has no account. `handOff`: somebody who holds a link to one step
   * (`auth/hand-off.ts`). `staff`: somebody of the vendor who looks and changes nothing (`auth/view.ts`).
   */
  readonly kind: "member" | "command" | "handOff" | "staff";
  readonly accountId: number | null;
  readonly institutionId: number;
  readonly institution: InstitutionName;
  readonly role: Role;
  can(permission: Permission): boolean;
}

interface InstitutionName {
  readonly slug: string;
  readonly name: string;
  readonly timeZone: string;
}

/** An institution that an account belongs to. */
export interface Membership extends InstitutionName {
  readonly institutionId: number;
  readonly role: Role;
}

/** Throws FORBIDDEN unless the actor's role holds the permission. The first line of every verb. */
export function authorize(actor: Pick<TenantActor, "can">, permission: Permission): void {
  if (!actor.can(permission)) throw new AppError("FORBIDDEN", "Your role does not allow this", { internal: permission });
}

/**
 * The person behind a session, or null: unknown, revoked, past its 30 days, 8 hours idle, or of a disabled account. Marks the
 * session as seen, at most once a minute. `staffToken` is the second cookie: it counts only beside the session that it was given
 * to, within its 12 hours, and while the person holds the role in which it was given.
 */
export async function actorOf(sessionId: string, staffToken: string | null = null): Promise<Actor | null> {
  const staffDigest = staffToken === null ? null : staffTokenDigestOf(staffToken);
  return untenanted(async (tx) => {
    const [found] = await tx.execute<{
      accountId: number;
      email: string;
      name: string | null;
      staffRole: StaffRole | null;
      staffSessionId: string | null;
      unseen: boolean;
    }>(sql`
      select a.id as "accountId", a.email, a.name, staff.role as "staffRole", given.id as "staffSessionId",
        s.seen_at < now() - interval '1 minute' as unseen
      from sessions s
      join accounts a on a.id = s.account_id
      left join staff on staff.account_id = a.id and staff.removed_at is null
      left join staff_sessions given on given.token_digest = ${staffDigest}
        and given.session_id = s.id
        and given.account_id = staff.account_id
        and given.role = staff.role
        and given.created_at >= staff.created_at
        and given.revoked_at is null
        and given.expires_at > now()
      where s.id = ${sessionId}
        and s.revoked_at is null
        and s.expires_at > now()
        and s.seen_at > now() - interval '8 hours'
        and a.disabled_at is null`);
    if (found === undefined) return null;
    const { unseen, ...person } = found;
    if (unseen) await tx.execute(sql`update sessions set seen_at = now() where id = ${sessionId}`);
    return { ...person, sessionId };
  });
}

/** The institutions of an account, by name; disabled ones and ended memberships are not among them. */
export async function membershipsOf(accountId: number): Promise<Membership[]> {
  return untenanted(async (tx) => [
    ...(await tx.execute<Membership & Record<string, unknown>>(sql`
      select institution_id as "institutionId", slug, name, time_zone as "timeZone", role
      from memberships_of(${accountId})`)),
  ]);
}

/** The actor inside an institution. A foreign institution and an unknown one are the same NOT_FOUND. */
export async function memberOf(actor: Actor, slug: string): Promise<TenantActor> {
  const membership = (await membershipsOf(actor.accountId)).find((one) => one.slug === slug);
  if (membership === undefined) throw new AppError("NOT_FOUND", "There is no such institution");
  const { institutionId, role, name, timeZone } = membership;
  return tenantActor({ kind: "member", accountId: actor.accountId, institutionId, institution: { slug, name, timeZone }, role });
}

/** Whoever holds a shell on the machine acts as an owner, and the audit says `command`. Throws NOT_FOUND. */
export async function commandActor(slug: string): Promise<TenantActor> {
  const [found] = await asVendor(async (tx) => [
    ...(await tx.execute<{ id: number; name: string; timeZone: string }>(sql`
      select id, name, time_zone as "timeZone" from institutions where slug = ${slug} and disabled_at is null`)),
  ]);
  if (found === undefined) throw new AppError("NOT_FOUND", `There is no institution "${slug}"`);
  const institution = { slug, name: found.name, timeZone: found.timeZone };
  return tenantActor({ kind: "command", accountId: null, institutionId: found.id, institution, role: "owner" });
}

/** A staff session's token as it is kept. */
export const staffTokenDigestOf = (token: string): string => digestOf("staff session", token);

const tenantActor = (actor: Omit<TenantActor, "can">): TenantActor => ({
  ...actor,
  can: (permission) => roleCan(actor.role, permission),
});
