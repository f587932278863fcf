import type { z } from "zod";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import type { CsvDownload } from "@/server/downloads/answer-csv";
import { csvLine } from "@/server/downloads/csv-line";
import { AppError } from "@/server/errors";
import { parseRunCounts, plannedChanges } from "@/server/services/runs/counts";
import { findRun, RunPlace } from "@/server/services/runs/place";
import { planRefOf } from "@/server/services/runs/plan-ref";
import { selectionOf } from "@/server/services/runs/selection";
import type { ChangeCursor } from "./cursor";
import { type ChangeRow, describeChanges } from "./describe";
import { ChangeFilter } from "./filter";
import { pageOfChanges } from "./page";

export const DownloadChanges = RunPlace.extend(ChangeFilter.shape);
type Download = z.infer<typeof DownloadChanges>;

/** So many changes are read at a time, each lot in a transaction of its own. */
const LOT = 500;

const HEADER = ["action", "type", "source key", "name", "school", "changes", "why", "place", "selected", "left out because", "warnings"];

/**
 * The action list as a CSV, as its filter shows it. Throws NOT_FOUND, CONFLICT once the plan's rows went with the run; ends with
 * an error when they go while it is read.
 */
export async function downloadChanges(actor: TenantActor, raw: z.input<typeof DownloadChanges>): Promise<CsvDownload> {
  authorize(actor, "run:read");
  const input = DownloadChanges.parse(raw);
  const first = await lotOf(actor, input, null);
  return { fileName: `run-${input.run}-actions.csv`, lines: linesOf(actor, input, first) };
}

interface Lot {
  readonly rows: readonly ChangeRow[];
  readonly next: ChangeCursor | null;
}

async function* linesOf(actor: TenantActor, input: Download, first: Lot): AsyncGenerator<string> {
  yield csvLine(HEADER);
  for (let lot: Lot | null = first; lot !== null; lot = lot.next === null ? null : await lotOf(actor, input, lot.next)) {
    if (lot.rows.length > 0) yield lot.rows.map(lineOf).join("");
  }
}

async function lotOf(actor: TenantActor, input: Download, after: ChangeCursor | null): Promise<Lot> {
  return asTenant(actor.institutionId, async (tx) => {
    const { run, environment } = await findRun(tx, actor, input);
    const plan = planRefOf(run, environment);
    if (plan === null) throw new AppError("CONFLICT", "The changes of this run went with it; its counts stay");
    const planned = plannedChanges(parseRunCounts(run.counts));
    const found = await pageOfChanges(tx, plan, { filter: input, after, limit: LOT, planned, off: (await selectionOf(tx, run)).off });
    const rows = found.slice(0, LOT);
    return {
      rows: await describeChanges(tx, { plan, run, environment: environment.name, rows, timeZone: actor.institution.timeZone }),
      next: found.length > LOT ? (rows.at(-1) ?? null) : null,
    };
  });
}

function lineOf(row: ChangeRow): string {
  const changes = row.fields.map(({ field, before, after }) => `${field}: ${before ?? "(blank)"} → ${after ?? "(blank)"}`);
  return csvLine([
    row.action,
    row.person ?? row.entity,
    row.sourceKey,
    row.name,
    row.school,
    changes.join("\n"),
    row.why,
    row.place,
    row.on ? "yes" : "no",
    row.causeText ?? null,
    row.warnings.map((warning) => `${warning.code}: ${warning.detail}`).join("\n"),
  ]);
}
