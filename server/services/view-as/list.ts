import { sql } from "drizzle-orm";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";

const SHOWN_MAX = 50;

/** The vendor's people who looked at this institution, the newest first: who, when, for how long, why, and whether they saw the roster. */
export async function listViews(actor: TenantActor) {
  authorize(actor, "institution:read");
  const rows = await asTenant(actor.institutionId, (tx) =>
    tx.execute<{ id: string; by: string; reason: string; startedAt: string; endedAt: string; isOpen: boolean; hasReadRoster: boolean }>(sql`
      select v.id, coalesce(a.name, a.email) as by, v.reason, v.started_at as "startedAt", least(v.ended_at, v.expires_at) as "endedAt",
        v.ended_at is null and v.expires_at > now() as "isOpen", v.roster_read_at is not null as "hasReadRoster"
      from views v
      join accounts a on a.id = v.account_id
      where v.institution_id = ${actor.institutionId}
      order by v.started_at desc
      limit ${SHOWN_MAX}`),
  );
  return rows.map((row) => ({ ...row, startedAt: new Date(row.startedAt), endedAt: new Date(row.endedAt) }));
}
