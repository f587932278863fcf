import { sql } from "drizzle-orm";
import { audit } from "@/server/audit";
import type { TenantActor } from "@/server/auth/actor";
import type { Permission } from "@/server/auth/permissions";
import type { OpenView } from "@/server/auth/view";
import { asTenant } from "@/server/database";

/** What shows nobody's name: everything else that a viewer may read counts as reading the roster. */
const PERMISSIONS_WITHOUT_PEOPLE: ReadonlySet<Permission> = new Set(["institution:read", "audit:read"]);
const PROCEDURES_WITHOUT_PEOPLE: ReadonlySet<string> = new Set(["runs.list", "runs.progress", "roster.counts", "feeds.list"]);

/** Writes, once a view, that the roster was shown in it, before it is. */
export async function noteReading(viewer: TenantActor, view: OpenView, asked: { path: string; permission: Permission }): Promise<void> {
  if (view.hasReadRoster) return;
  if (PERMISSIONS_WITHOUT_PEOPLE.has(asked.permission) || PROCEDURES_WITHOUT_PEOPLE.has(asked.path)) return;
  await asTenant(view.institutionId, async (tx) => {
    const first = await tx.execute(sql`
      update views set roster_read_at = now()
      where institution_id = ${view.institutionId} and id = ${view.id} and roster_read_at is null
      returning id`);
    if (first.length === 0) return;
    await audit(tx, { ...viewer, kind: "staff" }, { verb: "view.readRoster", subject: `view ${view.id}` });
  });
}
