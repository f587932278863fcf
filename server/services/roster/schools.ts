import { sql } from "drizzle-orm";
import { z } from "zod";
import { read } from "@/db/read";
import { sourcedIdOf } from "@/db/roster";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { EnvironmentPlace } from "@/server/services/runs/place";
import { currentAt } from "./current";
import { rosterNow } from "./place";

/** A school as filters and the start dialog name it. */
const School = z.object({ key: z.string(), sourcedId: z.string(), name: z.string() });
export type SchoolChoice = z.infer<typeof School>;

/** How many schools a filter can offer. */
const SCHOOLS_MAX = 2_000;

/** The active schools, by name. */
export async function listSchools(actor: TenantActor, raw: z.input<typeof EnvironmentPlace>): Promise<SchoolChoice[]> {
  authorize(actor, "roster:read");
  const input = EnvironmentPlace.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const asOf = await rosterNow(tx, actor, input);
    return read(
      tx,
      School,
      sql`
        select v.source_key as key, ${sourcedIdOf("v")} as "sourcedId", coalesce(v.name, v.source_key) as name
        from ${currentAt(asOf, "orgs")} v
        where v.type = 'school' and v.status <> 'archived'
        order by 3, 1
        limit ${SCHOOLS_MAX}`,
    );
  });
}
