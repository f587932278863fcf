import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { versionsOf } from "@/db/roster";
import type { FoundEnvironment } from "@/server/services/runs/place";

const Org = z.object({
  key: z.string(),
  name: z.string(),
  type: z.string().nullable(),
  parentKey: z.string().nullable(),
});
/** A school, a district or another org of the rosters. */
export type KnownOrg = z.infer<typeof Org>;

/**
 * Every org that an environment knows, by name: the current ones, and those of a plan that waits, so that they can be matched
 * before the first commit.
 */
export async function knownOrgs(tx: Transaction, environment: FoundEnvironment): Promise<KnownOrg[]> {
  const { institutionId, id, bucket, headSeq } = environment;
  return read(
    tx,
    Org,
    sql`
      select key, name, type, "parentKey" from (
        select distinct on (v.source_key) v.source_key as key, coalesce(v.name, v.source_key) as name, v.type, v.parent_key as "parentKey", v.status
        from ${versionsOf("orgs")} v
        where v.institution_id = ${institutionId} and v.environment_id = ${id} and v.bucket = ${bucket}
          and v.from_seq <= ${headSeq + 1} and (v.to_seq is null or v.to_seq > ${headSeq})
        order by v.source_key, v.from_seq desc) newest
      where status <> 'archived'
      order by name, key`,
  );
}
