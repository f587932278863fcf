import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import type { PlanRef } from "@/db/plan";
import { read, SqlCount } from "@/db/read";
import { versionsOf } from "@/db/roster";
import type { PlannedRow } from "./page";

const Count = z.object({ key: z.string(), count: SqlCount });

/** How many enrollments of the plan name a page's new classes and people: what waits when one of them is left out. */
export async function followers(
  tx: Transaction,
  plan: PlanRef,
  rows: readonly PlannedRow[],
): Promise<Map<string, { enrollments: number }>> {
  const byKey = new Map<string, { enrollments: number }>();
  for (const [entity, column] of [
    ["classes", "class_key"],
    ["users", "user_key"],
  ] as const) {
    const coming = rows.filter((row) => row.entity === entity && row.action !== "edit").map((row) => row.sourceKey);
    if (coming.length === 0) continue;
    const counts = await read(
      tx,
      Count,
      sql`
        select ${sql.raw(column)} as key, count(*) as count
        from ${versionsOf("enrollments")}
        where institution_id = ${plan.institutionId} and environment_id = ${plan.environmentId} and bucket = ${plan.bucket}
          and ${sql.raw(column)} in ${coming} and from_seq = ${plan.seq}
        group by 1`,
    );
    for (const { key, count } of counts) byKey.set(`${entity} ${key}`, { enrollments: count });
  }
  return byKey;
}
