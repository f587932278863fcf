import { and, eq, inArray, sql } from "drizzle-orm";
import { runs } from "@/db/schema";
import { asEngine, asVendor } from "@/server/database";
import { WAITING_STATES } from "@/server/roster/run";
import { inngest } from "./client";
import { endRun } from "./end-run";

/** A plan that waited so long is given up; its delivery stays pending (R38). */
const WAITS_DAYS = 14;
/** So many at a time; the next tick takes the rest. */
const AT_ONCE = 40;

/** Ends plans that nobody decided about within two weeks. */
export const expireRuns = inngest.createFunction({ id: "expire-runs", retries: 3, triggers: { cron: "17 * * * *" } }, async ({ step }) => {
  const old = await step.run("find", findOld);
  for (const run of old) await step.run(`expire:${run.id}`, () => expire(run));
  return { expired: old.length };
});

/** Across institutions, by the role that sees runs and no roster. */
async function findOld(): Promise<{ id: string; institutionId: number }[]> {
  return asVendor((tx) =>
    tx
      .select({ id: runs.id, institutionId: runs.institutionId })
      .from(runs)
      .where(and(inArray(runs.state, [...WAITING_STATES]), sql`${runs.preparedAt} < now() - make_interval(days => ${WAITS_DAYS})`))
      .orderBy(runs.preparedAt)
      .limit(AT_ONCE),
  );
}

async function expire(of: { id: string; institutionId: number }): Promise<{ closed: boolean }> {
  const [run] = await asEngine(of.institutionId, (tx) =>
    tx
      .select()
      .from(runs)
      .where(and(eq(runs.institutionId, of.institutionId), eq(runs.id, of.id), inArray(runs.state, [...WAITING_STATES]))),
  );
  if (run === undefined) return { closed: false };
  return endRun(run, {
    state: "expired",
    reason: `Nobody decided within ${WAITS_DAYS} days. What arrived stays for the next run.`,
    code: "EXPIRED",
  });
}
