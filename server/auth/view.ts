import { sql } from "drizzle-orm";
import { untenanted } from "@/server/database";
import type { Actor, TenantActor } from "./actor";
import { type Permission, roleCan } from "./permissions";

/** An institution at which a staff session looks now, as its people see it (T37). */
export interface OpenView {
  readonly id: string;
  readonly institutionId: number;
  readonly slug: string;
  readonly name: string;
  readonly timeZone: string;
  readonly expiresAt: Date;
  /** Whether the audit of the institution says already that its roster was shown. */
  readonly hasReadRoster: boolean;
}

/** The open view of a staff session, or null: none, ended, or past its half hour. */
export async function viewOf(actor: Actor): Promise<OpenView | null> {
  if (actor.staffSessionId === null) return null;
  const [found] = await untenanted((tx) =>
    tx.execute<Omit<OpenView, "expiresAt"> & { expiresAt: string }>(sql`
      select id, institution_id as "institutionId", slug, name, time_zone as "timeZone", expires_at as "expiresAt",
        roster_read_at is not null as "hasReadRoster"
      from view_of(${actor.staffSessionId})`),
  );
  return found === undefined ? null : { ...found, expiresAt: new Date(found.expiresAt) };
}

/** Who looks: with a viewer's eyes, under their own name, and with no hands. Counts also for staff who are members there. */
export const viewerIn = (actor: Actor, { institutionId, slug, name, timeZone }: OpenView): TenantActor => ({
  kind: "staff",
  accountId: actor.accountId,
  institutionId,
  institution: { slug, name, timeZone },
  role: "viewer",
  can: (permission: Permission) => roleCan("viewer", permission),
});
