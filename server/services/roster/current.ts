import { type SQL, sql } from "drizzle-orm";
import { versionsOf } from "@/db/roster";
import type { Entity } from "@/server/roster/entities";
import type { AsOf } from "./labels";

/** The versions that are current at that seq, as a derived table. Every parameter is named here, so that one partition is read. */
export const currentAt = (asOf: AsOf, entity: Entity): SQL => sql`(
  select * from ${versionsOf(entity)}
  where institution_id = ${asOf.institutionId} and environment_id = ${asOf.environmentId} and bucket = ${asOf.bucket}
    and from_seq <= ${asOf.seq} and (to_seq is null or to_seq > ${asOf.seq}))`;
