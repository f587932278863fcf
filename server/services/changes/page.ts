import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { type PlanRef, pending } from "@/db/plan";
import { read } from "@/db/read";
import { ACTIONS, type Action } from "@/server/roster/change";
import { COLUMNS, ENTITIES, type Entity } from "@/server/roster/entities";
import type { ByAction } from "@/server/services/runs/counts";
import type { ChangeCursor } from "./cursor";
import { type ChangeFilter, conditionOf, findPeople } from "./filter";

/** A pending (or committed) version as the list needs it, with whether it is off. */
export interface PlannedRow {
  readonly entity: Entity;
  readonly action: Action;
  readonly line: number;
  readonly sourceKey: string;
  readonly sourcedId: string | null;
  readonly status: string;
  readonly statusReason: string | null;
  readonly feedId: number;
  readonly replacesSeq: number | null;
  readonly cells: Readonly<Record<string, string | null>>;
  readonly off: { readonly cause: string; readonly detail: unknown; readonly offAt: number } | null;
}

export interface PageRequest {
  readonly filter: ChangeFilter;
  readonly after: ChangeCursor | null;
  readonly limit: number;
  /** How many changes the plan holds, by entity and action: ranges that are empty are not looked at. */
  readonly planned: Record<Entity, ByAction>;
  /** How many are off, by action. */
  readonly off: ByAction;
}

/** From so many on, what is off is met on the way instead of being looked up. */
const MANY_OFF = 2_000;

/** Pages above this size are for a download: what does not belong to the page is not read beside it. */
const READ_AHEAD_MAX = 200;

/**
 * One page of a plan and one row more, archives first, then by entity and line: ranges of the page index one after the other, so that
 * a page reads its own rows, wherever in the plan it lies. Text is found in few rows of each range, so that all of them are asked in
 * one go.
 */
export async function pageOfChanges(tx: Transaction, plan: PlanRef, request: PageRequest): Promise<PlannedRow[]> {
  const { filter, limit } = request;
  const found = filter.text === undefined ? undefined : await findPeople(tx, plan, filter.text);
  const queries = ranges(request).flatMap(({ action, entity }) => {
    const isEmpty = request.planned[entity][action] === 0 || (filter.show === "off" && request.off[action] === 0);
    const query = isEmpty ? null : rangeQuery(plan, { action, entity, found, limit: limit + 1 }, request);
    return query === null ? [] : [{ entity, query }];
  });
  const rowsOf = async ({ entity, query }: (typeof queries)[number]) => plannedRows(entity, await read(tx, Row, query));
  if (filter.text !== undefined && limit <= READ_AHEAD_MAX) return (await Promise.all(queries.map(rowsOf))).flat().slice(0, limit + 1);
  const rows: PlannedRow[] = [];
  for (const query of queries) {
    if (rows.length > limit) break;
    rows.push(...(await rowsOf(query)));
  }
  return rows.slice(0, limit + 1);
}

/** Every (action, entity) of the list's order, from the cursor's own on. */
function ranges(request: PageRequest): { action: Action; entity: Entity }[] {
  const all = ACTIONS.flatMap((action) => ENTITIES.map((entity) => ({ action, entity })));
  const wanted = all.filter(({ action }) => request.filter.action === undefined || request.filter.action === action);
  const after = request.after;
  if (after === null) return wanted;
  const at = wanted.findIndex(({ action, entity }) => action === after.action && entity === after.entity);
  return at < 0 ? [] : wanted.slice(at);
}

const Row = z
  .object({
    line: z.number(),
    source_key: z.string(),
    sourced_id: z.string().nullable(),
    action: z.enum(ACTIONS),
    status: z.string(),
    status_reason: z.string().nullable(),
    feed_id: z.number(),
    replaces_seq: z.number().nullable(),
    off_cause: z.string().nullable(),
    off_detail: z.unknown(),
    off_at: z.number().nullable(),
  })
  .loose();
const Cells = z.record(z.string(), z.string().nullable());

/** One entity's changes of one action. `found`: whom the roster's search finds by the filter's text. */
interface Range {
  readonly action: Action;
  readonly entity: Entity;
  readonly found?: readonly string[] | undefined;
  readonly limit: number;
}

/** The statement of one range, in the order of its index, from the cursor on; null where nothing of the filter can lie in it. */
export function rangeQuery(
  plan: PlanRef,
  { action, entity, found, limit }: Range,
  { filter, after, off }: Pick<PageRequest, "filter" | "after" | "off">,
): SQL | null {
  const isMostlyOff = off[action] > MANY_OFF;
  const condition = conditionOf(plan, entity, { ...filter, action, isMostlyOff, ...(found === undefined ? {} : { found }) });
  if (condition === null) return null;
  const from = after !== null && after.action === action && after.entity === entity ? sql`v.line > ${after.line}` : sql`true`;
  const columns = sql.raw(COLUMNS[entity].map((column) => `v.${column.name}`).join(", "));
  return sql`
    select v.line, v.source_key, v.sourced_id, v.action, v.status, v.status_reason, v.feed_id, v.replaces_seq, ${columns},
      o.cause as off_cause, o.detail as off_detail, o.off_at
    from ${pending(plan, entity)} v
    left join lateral (
      select cause, detail, off_at from left_out l
      where l.institution_id = ${plan.institutionId} and l.run_id = ${plan.runId} and l.entity = ${entity}
        and l.source_key = v.source_key and l.on_at is null
      limit 1
    ) o on true
    where ${condition} and ${from}
    order by v.line
    limit ${limit}`;
}

function plannedRows(entity: Entity, rows: readonly z.infer<typeof Row>[]): PlannedRow[] {
  return rows.map((row) => ({
    entity,
    action: row.action,
    line: row.line,
    sourceKey: row.source_key,
    sourcedId: row.sourced_id,
    status: row.status,
    statusReason: row.status_reason,
    feedId: row.feed_id,
    replacesSeq: row.replaces_seq,
    cells: cellsOf(entity, row),
    off: row.off_cause === null ? null : { cause: row.off_cause, detail: row.off_detail, offAt: row.off_at ?? 0 },
  }));
}

export function cellsOf(entity: Entity, row: Readonly<Record<string, unknown>>): Record<string, string | null> {
  return Cells.parse(Object.fromEntries(COLUMNS[entity].map((column) => [column.name, row[column.name] ?? null])));
}
