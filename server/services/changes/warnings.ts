import { and, eq, inArray } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { issues } from "@/db/schema";
import type { RunRow } from "@/server/services/runs/place";
import type { PlannedRow } from "./page";

/** A warning about the row that a change was read from. */
export interface Warning {
  readonly code: string;
  readonly detail: string;
}

/** The warnings of a page's rows, by entity and source key. */
export async function warningsOf(tx: Transaction, run: RunRow, rows: readonly PlannedRow[]): Promise<Map<string, Warning[]>> {
  const found = await tx
    .select({ entity: issues.entity, sourceKey: issues.sourceKey, code: issues.code, detail: issues.detail })
    .from(issues)
    .where(
      and(
        eq(issues.institutionId, run.institutionId),
        eq(issues.runId, run.id),
        inArray(issues.entity, [...new Set(rows.map((row) => row.entity))]),
        inArray(
          issues.sourceKey,
          rows.map((row) => row.sourceKey),
        ),
        eq(issues.severity, "warning"),
      ),
    )
    .limit(1_000);
  const byKey = new Map<string, Warning[]>();
  for (const { entity, sourceKey, code, detail } of found) {
    const key = `${entity} ${sourceKey}`;
    byKey.set(key, [...(byKey.get(key) ?? []), { code, detail }]);
  }
  return byKey;
}
