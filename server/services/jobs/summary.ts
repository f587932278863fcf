import { sql } from "drizzle-orm";
import { z } from "zod";
import { JOB_STATUSES } from "@/db/schema/durable";
import { asVendor } from "@/server/database";

/** How the executor stands: by function and status, how many runs and how old the oldest is that has not ended. */
export async function jobSummary() {
  return asVendor(async (tx) => {
    const functions = await tx.execute(sql`
      select fn_id as "fnId", status, count(*)::int as runs,
        (extract(epoch from durable.now_() - min(created_at) filter (where ended_at is null)) * 1000)::float8 as "oldestMs"
      from durable.jobs group by fn_id, status order by fn_id, status`);
    const [queue] = await tx.execute(sql`
      with clock as materialized (select durable.now_() as now)
      select count(*) filter (where lease is null and run_at <= now)::int as due, count(*) filter (where lease is not null)::int as "underWay",
        count(*) filter (where lease is null and run_at > now)::int as later,
        (extract(epoch from max(now - run_at) filter (where lease is null and run_at <= now)) * 1000)::float8 as "oldestDueMs"
      from durable.queue, clock`);
    return { functions: z.array(Line).parse([...functions]), queue: Queue.parse(queue) };
  });
}

const Line = z.object({ fnId: z.string(), status: z.enum(JOB_STATUSES), runs: z.number(), oldestMs: z.number().nullable() });
const Queue = z.object({ due: z.number(), underWay: z.number(), later: z.number(), oldestDueMs: z.number().nullable() });
