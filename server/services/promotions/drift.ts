import { and, eq, inArray, ne, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { planWord } from "@/db/difference";
import type { PlanRef } from "@/db/plan";
import { read } from "@/db/read";
import { runs } from "@/db/schema";
import type { TenantActor } from "@/server/auth/actor";
import { COLUMNS, ENTITIES, type Entity } from "@/server/roster/entities";
import { WAITING_STATES, WORKING_STATES } from "@/server/roster/run";
import { type ByAction, sumOf } from "@/server/services/runs/counts";
import { type FoundEnvironment, findEnvironment, type RunRow } from "@/server/services/runs/place";
import { planRefOf } from "@/server/services/runs/plan-ref";
import { type Selection, selectionOf } from "@/server/services/runs/selection";

/** The digest of a plan in which nothing is on. */
export const EMPTY_PLAN = ENTITIES.map((entity) => `${entity} 0 0`).join("; ");

/** What a plan does with what is on of it, in one word: equal words do the same to every record. Costs the plan. */
export async function planDigest(tx: Transaction, plan: PlanRef): Promise<string> {
  const words: string[] = [];
  for (const entity of ENTITIES) {
    const [row] = await read(tx, z.object({ word: z.string() }), planWord(plan, { entity, columns: columnsOf(entity) }));
    words.push(`${entity} ${row?.word ?? "0 0"}`);
  }
  return words.join("; ");
}

const columnsOf = (entity: Entity): readonly string[] => COLUMNS[entity].map(({ name }) => name);

/** What Preview's waiting plan would change against the snapshot. */
export interface Drift {
  readonly run: number;
  readonly held: boolean;
  readonly selectionVersion: number;
  readonly total: number;
  readonly byEntity: Record<Entity, ByAction>;
  readonly byPart: Selection["byPart"];
}

/** How Preview stands towards a decision: a plan waits, a run is under way, or neither. */
export interface PreviewNow {
  readonly working: number | null;
  readonly undoing: number | null;
  readonly drift: Drift | null;
  readonly run: RunRow | null;
  readonly environment: FoundEnvironment;
}

/** Looks at Preview; `lock` holds the waiting plan's row, so that nobody chooses or decides about it meanwhile. */
export async function previewNow(
  tx: Transaction,
  of: Pick<TenantActor, "institutionId">,
  how: { lock: boolean } = { lock: false },
): Promise<PreviewNow> {
  const environment = await findEnvironment(tx, of, "preview");
  const here = and(eq(runs.institutionId, of.institutionId), eq(runs.environmentId, environment.id));
  const [working] = await tx
    .select({ number: runs.number })
    .from(runs)
    .where(and(here, inArray(runs.state, [...WORKING_STATES]), ne(runs.state, "queued")))
    .limit(1);
  const query = tx
    .select()
    .from(runs)
    .where(and(here, inArray(runs.state, [...WAITING_STATES])));
  const [run] = how.lock ? await query.for("update") : await query;
  const nobody = { working: working?.number ?? null, undoing: null, drift: null, run: null, environment };
  if (run === undefined) return nobody;
  if (run.trigger === "undo") return { ...nobody, undoing: run.number };
  const selection = await selectionOf(tx, run);
  const drift: Drift = {
    run: run.number,
    held: run.state === "held",
    selectionVersion: run.selectionVersion,
    total: sumOf(selection.on),
    byEntity: selection.byEntity,
    byPart: selection.byPart,
  };
  return { ...nobody, drift, run };
}

/** The digest of the drift, null where none waits. */
export async function driftDigest(tx: Transaction, now: PreviewNow): Promise<string | null> {
  if (now.run === null) return null;
  const plan = planRefOf(now.run, now.environment);
  if (plan === null) return null;
  await tx.execute(sql`select set_config('jit', 'off', true)`);
  return planDigest(tx, plan);
}
