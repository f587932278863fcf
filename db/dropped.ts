import { type SQL, sql } from "drizzle-orm";
import { deliveries } from "./schema";

/** A person discarded a plan of this environment that held the delivery, and said that it shall come along with no later run. */
export const isDropped = (environmentId: number): SQL => sql`exists (
  select from run_deliveries d
  join runs r on r.institution_id = d.institution_id and r.id = d.run_id
  where d.institution_id = ${deliveries.institutionId} and d.delivery_id = ${deliveries.id} and d.dropped and r.environment_id = ${environmentId})`;
