import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import { ISSUE_CODES, type IssueCode } from "@/server/roster/issue-codes";
import { FILE_MODES } from "@/server/roster/run";
import type { OpenSet } from "./context";

const Load = z.object({
  position: z.number(),
  entity: z.enum(ENTITIES),
  file: z.string(),
  mode: z.enum(FILE_MODES),
  shape: z.string(),
  columns: z.array(z.string()),
  merged: z.array(z.string()),
  headings: z.record(z.string(), z.string()),
  landing: z.enum(["direct", "full", "quick"]),
  read: z.number(),
  rejected: z.number(),
  nameless: z.number(),
  known: z.number(),
  repeated: z.number(),
  newest_at: z.string().nullable(),
  issue_totals: z.array(
    z.object({
      severity: z.enum(["refusal", "error", "warning"]),
      code: z.custom<IssueCode>((code) => typeof code === "string" && code in ISSUE_CODES),
      total: z.number(),
    }),
  ),
});

/** What one file of the run became while it was loaded. */
export type Load = z.infer<typeof Load>;

/** The run's files in the order of entities, then of deliveries. */
export async function loadsOf(tx: Transaction, open: OpenSet): Promise<readonly Load[]> {
  const loads = await read(
    tx,
    Load,
    sql`select position, entity, file, mode, shape, columns, merged, headings, landing, read, rejected, nameless, known, repeated,
          newest_at::text, issue_totals
        from loads where institution_id = ${open.institutionId} and run_id = ${open.runId} order by position`,
  );
  return ENTITIES.flatMap((entity) => loads.filter((load) => load.entity === entity));
}

/** How one entity was loaded, over all deliveries of the run. */
export interface EntityLoads {
  readonly entity: Entity;
  readonly files: readonly [Load, ...Load[]];
  readonly isDirect: boolean;
  readonly isQuick: boolean;
  /** Absence is evidence: one of the files is bulk (deltas beside it only add what they name), and no row could be anybody. */
  readonly isComplete: boolean;
  /** Columns that at least one of the files has. */
  readonly columns: ReadonlySet<string>;
  readonly merged: ReadonlySet<string>;
  /** What the file calls a column. */
  heading(column: string): string;
}

/** The same by entity. */
export function byEntity(loads: readonly Load[]): readonly EntityLoads[] {
  return ENTITIES.flatMap((entity) => {
    const [first, ...more] = loads.filter((load) => load.entity === entity);
    if (first === undefined) return [];
    const files: [Load, ...Load[]] = [first, ...more];
    return [
      {
        entity,
        files,
        isDirect: first.landing === "direct",
        isQuick: files.some((file) => file.landing === "quick"),
        isComplete: files.some((file) => file.mode === "bulk") && files.every((file) => file.nameless === 0),
        columns: new Set(files.flatMap((file) => file.columns)),
        merged: new Set(files.flatMap((file) => file.merged)),
        heading: (column: string) => first.headings[column] ?? column,
      },
    ];
  });
}
