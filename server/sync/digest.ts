import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { currentOf } from "@/db/roster";
import { ENTITIES } from "@/server/roster/entities";
import { columnsOf } from "./tables";

/**
 * What an environment's current roster says, in one word: equal digests mean equal rows (keys, status, every cell). Line
 * numbers, sequence numbers and times of change are left out, so a quick and a full run that agree have one digest.
 */
export async function rosterDigest(tx: Transaction, at: { environmentId: number; bucket: number }): Promise<string> {
  const parts: string[] = [];
  for (const entity of ENTITIES) {
    const cells: SQL = sql.raw(
      ["feed_id", "status", "source_key", "coalesce(sourced_id, source_key)", ...columnsOf(entity), "extras"].join(", "),
    );
    const [row] = await read(
      tx,
      z.object({ n: z.string(), sum: z.string() }),
      sql`select count(*)::text as n, coalesce(sum(hashtextextended(row(${cells})::text, 0)), 0)::text as sum
          from ${currentOf(entity)} where environment_id = ${at.environmentId} and bucket = ${at.bucket}`,
    );
    parts.push(`${entity} ${row?.n ?? "0"} ${row?.sum ?? "0"}`);
  }
  return parts.join("; ");
}
