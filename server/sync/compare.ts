import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { followChoices } from "@/db/plan-follows";
import { read } from "@/db/read";
import { tablesOf } from "@/db/roster";
import { failpoint } from "@/server/failpoint";
import type { Entity } from "@/server/roster/entities";
import type { Verdict } from "@/server/roster/guard";
import { archiveAbsent } from "./absent";
import type { OpenSet, SyncContext } from "./context";
import { fenced, takeOver } from "./fence";
import { noteMarks } from "./fingerprints";
import { land } from "./land";
import { byEntity, type EntityLoads, loadsOf } from "./loads";
import { leaveOutNamed } from "./named";
import { placeIssues } from "./place-issues";
import { beginPhase } from "./progress";
import { leaveOutRefused } from "./refusals";
import { deriveRelationships } from "./relationships";
import { tieOut } from "./tie-out";
import { weighPlan } from "./weigh";

/** A prepared plan: its pending rows are in place, everything is on but what the engine left out itself. */
export interface Prepared {
  readonly state: "ready" | "held";
  readonly verdict: Verdict;
}

/** Landings below this many rows need no new statistics: a plan that believes in one row does for them. */
const ANALYZE_FROM = 100;

const Ended = z.object({ state: z.string(), verdict: z.custom<Verdict>((value) => value === null || typeof value === "object") });

/**
 * Compares what was read with what is current, field by field, and lands the differences as pending versions; archives what a
 * complete bulk file lacks; leaves out what others still name and what was refused before; weighs the plan; makes the run
 * `ready` or `held`. One transaction; a second call returns what the first one decided.
 */
export async function compare(context: SyncContext): Promise<Prepared> {
  const open = await takeOver(context);
  const [ended] = await fenced(open, (tx) => read(tx, Ended, sql`select state, verdict from runs where id = ${open.runId}`));
  if (ended?.state === "ready" || ended?.state === "held") return { state: ended.state, verdict: ended.verdict };
  const progress = await beginPhase(open, "compare");
  const prepared = await fenced(open, async (tx) => {
    const entities = byEntity(await loadsOf(tx, open));
    let done = 0;
    for (const entity of entities) {
      await landEntity(tx, open, entity);
      done += 1;
      await progress.tell(done, entities.length);
      await failpoint("compare.landed");
    }
    await leaveOutNamed(tx, open, entities);
    for (const entity of entities) await noteMarks(tx, open, entity);
    const users = entities.find((entity) => entity.entity === "users");
    if (users?.columns.has("agent_keys") && !entities.some((entity) => entity.entity === "relationships")) {
      const landed = await deriveRelationships(tx, open);
      await analyzeLanded(tx, open, { entity: "relationships", landed });
    }
    await leaveOutRefused(tx, open);
    await followChoices(tx, open, 0);
    for (const entity of entities) await placeIssues(tx, open, entity);
    const counts = await tieOut(tx, open, entities);
    const verdict = await weighPlan(tx, open, { entities, counts });
    const state = verdict.outcome === "ready" ? ("ready" as const) : ("held" as const);
    await tx.execute(sql`
      update runs set state = ${state}, counts = ${JSON.stringify(counts.json)}::jsonb, verdict = ${JSON.stringify(verdict)}::jsonb,
        prepared_at = clock_timestamp(), heartbeat_at = clock_timestamp()
      where id = ${open.runId}`);
    await failpoint("compare.done");
    return { state, verdict };
  });
  await progress.end(0);
  return prepared;
}

async function landEntity(tx: Transaction, open: OpenSet, entity: EntityLoads): Promise<void> {
  if (entity.isDirect) return;
  const landed = await land(tx, open, entity);
  const archived = entity.isComplete ? await archiveAbsent(tx, open, entity) : 0;
  await analyzeLanded(tx, open, { entity: entity.entity, landed: landed + archived });
}

/** A new sequence number is unknown to the statistics, and every join of the set would be planned for one row (PERFORMANCE.md, trap 1). */
async function analyzeLanded(tx: Transaction, open: OpenSet, of: { entity: Entity; landed: number }): Promise<void> {
  if (of.landed < ANALYZE_FROM) return;
  await tx.execute(sql`select partitions.analyze_bucket(${tablesOf(of.entity).versions}, ${open.bucket})`);
}
