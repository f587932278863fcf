import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import type { PlanRef } from "@/db/plan";
import { read, SqlCount } from "@/db/read";
import { versionsOf } from "@/db/roster";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { ACTIONS, type Action } from "@/server/roster/change";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import { isIssueCode } from "@/server/roster/issue-codes";
import { labelsOf, type NamedEntity, nameIn } from "@/server/services/roster/labels";
import { placeOf } from "@/server/services/runs/issue-totals";
import { findRun, RunPlace, type RunRow } from "@/server/services/runs/place";
import { planRefOf } from "@/server/services/runs/plan-ref";

export const ListLog = RunPlace.extend({
  /** The warnings of this code, row by row; absent: only how many there are of each. */
  code: z.string().max(60).refine(isIssueCode, "There is no such code").optional(),
  /** Warnings found after this one. */
  after: z.number().int().positive().nullish(),
  limit: z.number().int().min(1).max(500).default(100),
});
type List = z.infer<typeof ListLog>;

/** One warning, at the action that its record's row led to. */
export interface LogLine {
  readonly id: number;
  readonly entity: Entity | null;
  readonly sourceKey: string | null;
  /** What the record is called; null where the warning is about a file. */
  readonly name: string | null;
  /** Null: the row changed nothing. */
  readonly action: Action | null;
  readonly at: string;
  readonly column: string | null;
  readonly seen: string | null;
  readonly detail: string;
}

export interface Log {
  /** How many warnings there are of each code, the most first; also where fewer rows are kept than were found. */
  readonly groups: readonly { readonly code: string; readonly total: number }[];
  readonly rows: readonly LogLine[];
  /** Since when the warnings of the run are gone because their time was over; how many there were stays. */
  readonly removedAt: Date | null;
  readonly nextCursor: number | null;
}

const Row = z.object({
  id: SqlCount,
  entity: z.enum(ENTITIES).nullable(),
  sourceKey: z.string().nullable(),
  file: z.string(),
  line: z.number().nullable(),
  column: z.string().nullable(),
  seen: z.string().nullable(),
  detail: z.string(),
});
type Row = z.infer<typeof Row>;

/** The warnings of one run, grouped by code; those of one code by keyset, each at its action (requirement 63). Throws NOT_FOUND. */
export async function listLog(actor: TenantActor, raw: z.input<typeof ListLog>): Promise<Log> {
  authorize(actor, "issue:read");
  const input = ListLog.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { run, environment } = await findRun(tx, actor, input);
    const groups = await groupsOf(tx, run);
    if (input.code === undefined) return { groups, rows: [], removedAt: run.detailRemovedAt, nextCursor: null };
    const found = await warningsOf(tx, run, input);
    const page = found.slice(0, input.limit);
    const plan = planRefOf(run, environment);
    const seq = plan?.seq ?? environment.headSeq;
    return {
      groups,
      rows: await described(tx, page, { plan, asOf: { ...environment, environmentId: environment.id, seq } }),
      removedAt: run.detailRemovedAt,
      nextCursor: found.length > input.limit ? (page.at(-1)?.id ?? null) : null,
    };
  });
}

async function groupsOf(tx: Transaction, run: RunRow): Promise<Log["groups"]> {
  return read(
    tx,
    z.object({ code: z.string(), total: SqlCount }),
    sql`select code, sum(total) as total from run_issue_totals
        where institution_id = ${run.institutionId} and run_id = ${run.id} and severity = 'warning'
        group by code order by 2 desc, 1`,
  );
}

async function warningsOf(tx: Transaction, run: RunRow, { code, after, limit }: List): Promise<Row[]> {
  return read(
    tx,
    Row,
    sql`select id, entity, source_key as "sourceKey", file, line, column_name as column, seen, detail
        from issues
        where institution_id = ${run.institutionId} and run_id = ${run.id} and code = ${code} and severity = 'warning'
          and id > ${after ?? 0}
        order by id
        limit ${limit + 1}`,
  );
}

interface Described {
  readonly plan: PlanRef | null;
  readonly asOf: Parameters<typeof labelsOf>[1];
}

async function described(tx: Transaction, rows: readonly Row[], { plan, asOf }: Described): Promise<LogLine[]> {
  const keys = new Map<Entity, Set<string>>();
  for (const { entity, sourceKey } of rows) {
    if (entity !== null && sourceKey !== null) keys.set(entity, (keys.get(entity) ?? new Set()).add(sourceKey));
  }
  const named = [...keys].filter(
    (entry): entry is [NamedEntity, Set<string>] => entry[0] !== "enrollments" && entry[0] !== "relationships",
  );
  const labels = await labelsOf(tx, asOf, new Map(named));
  const actions = plan === null ? new Map<string, Action>() : await actionsOf(tx, plan, keys);
  return rows.map(({ file, line, ...row }) => {
    const { entity, sourceKey } = row;
    const isRecord = entity !== null && sourceKey !== null;
    return {
      ...row,
      at: placeOf(file, line),
      name: isRecord ? nameIn(labels, entity, sourceKey) : null,
      action: isRecord ? (actions.get(`${entity} ${sourceKey}`) ?? null) : null,
    };
  });
}

/** What the plan does to these records; one whose row changed nothing is not among them. */
async function actionsOf(tx: Transaction, plan: PlanRef, keys: ReadonlyMap<Entity, ReadonlySet<string>>): Promise<Map<string, Action>> {
  const actions = new Map<string, Action>();
  for (const [entity, wanted] of keys) {
    const rows = await read(
      tx,
      z.object({ key: z.string(), action: z.enum(ACTIONS) }),
      sql`select source_key as key, action from ${versionsOf(entity)}
          where institution_id = ${plan.institutionId} and environment_id = ${plan.environmentId} and bucket = ${plan.bucket}
            and from_seq = ${plan.seq} and source_key in ${[...wanted]}`,
    );
    for (const { key, action } of rows) actions.set(`${entity} ${key}`, action);
  }
  return actions;
}
