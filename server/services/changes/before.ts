import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import type { PlanRef } from "@/db/plan";
import { read } from "@/db/read";
import { versionsOf } from "@/db/roster";
import { COLUMNS, ENTITIES, type Entity } from "@/server/roster/entities";
import type { VersionCells } from "./fields";
import { cellsOf, type PlannedRow } from "./page";

const Row = z.object({ source_key: z.string(), from_seq: z.number(), status: z.string() }).loose();

/** The versions that a page's rows replace, by entity and source key: read by key, one query per entity. */
export async function versionsBefore(
  tx: Transaction,
  plan: PlanRef,
  rows: readonly PlannedRow[],
): Promise<(row: PlannedRow) => VersionCells | null> {
  const found = new Map<string, VersionCells>();
  for (const entity of ENTITIES) {
    const replacing = rows.filter((row) => row.entity === entity && row.replacesSeq !== null);
    if (replacing.length === 0) continue;
    const columns = sql.raw(COLUMNS[entity].map((column) => `v.${column.name}`).join(", "));
    const before = await read(
      tx,
      Row,
      sql`
        select v.source_key, v.from_seq, v.status, ${columns}
        from ${versionsOf(entity)} v
        where v.institution_id = ${plan.institutionId} and v.environment_id = ${plan.environmentId} and v.bucket = ${plan.bucket}
          and v.source_key in ${replacing.map((row) => row.sourceKey)}
          and v.feed_id in ${[...new Set(replacing.map((row) => row.feedId))]}
          and v.from_seq in ${[...new Set(replacing.map((row) => row.replacesSeq))]}`,
    );
    for (const row of before) found.set(place(entity, row.source_key, row.from_seq), { status: row.status, cells: cellsOf(entity, row) });
  }
  return (row) => (row.replacesSeq === null ? null : (found.get(place(row.entity, row.sourceKey, row.replacesSeq)) ?? null));
}

const place = (entity: Entity, key: string, seq: number): string => `${entity} ${seq} ${key}`;
