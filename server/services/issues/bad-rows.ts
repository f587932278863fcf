import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { runDeliveries } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import type { CsvDownload } from "@/server/downloads/answer-csv";
import { csvLine } from "@/server/downloads/csv-line";
import { AppError } from "@/server/errors";
import { deliveryFiles, type OpenDelivery } from "@/server/intake/delivery";
import { ENTITIES } from "@/server/roster/entities";
import { settingsOf } from "@/server/services/feeds/settings";
import { findRun, RunPlace, type RunRow } from "@/server/services/runs/place";
import { cellsOf, recordText } from "@/server/sources/lib/cells";
import { type CsvFile, openCsv } from "@/server/sources/lib/csv-file";
import { scanRecords } from "@/server/sources/lib/records";
import { rowsChosen } from "./rows-chosen";

export const BadRows = RunPlace.extend({
  /** `users.csv`; absent: every file that has rows in error, their columns side by side. */
  file: z.string().min(1).max(255).optional(),
  entity: z.enum(ENTITIES).optional(),
  /** Only rows that the tie-out counts under this school; empty: of no school. */
  school: z.string().max(255).optional(),
});

/** The rows of one file of one delivery that are in error: by physical line, what was found. */
interface BadFile {
  readonly file: string;
  readonly position: number;
  readonly reasons: ReadonlyMap<number, readonly string[]>;
}

/** The same, opened. */
interface OpenedFile extends BadFile {
  readonly csv: CsvFile;
}

/**
 * The rows in error in the columns of the files themselves, each with its file, its line and the reasons: to be mended and sent
 * again. Read anew from the sealed deliveries, where passwords and what is not kept are empty. Throws NOT_FOUND where no row is in
 * error, CONFLICT where a delivery is not kept any more.
 */
export async function badRows(actor: TenantActor, raw: z.input<typeof BadRows>): Promise<CsvDownload> {
  authorize(actor, "issue:read");
  const input = BadRows.parse(raw);
  const found = await asTenant(actor.institutionId, async (tx) => {
    const { run } = await findRun(tx, actor, input);
    const files = await badFiles(tx, run, input);
    const { reading } = await settingsOf(tx, { institutionId: run.institutionId, feedId: run.feedId, version: run.settingsVersion });
    const deliveries = new Map<number, OpenDelivery>();
    for (const position of new Set(files.map((file) => file.position))) {
      const deliveryId = await deliveryAt(tx, run, position);
      deliveries.set(position, await deliveryFiles(tx, { institutionId: run.institutionId, deliveryId }));
    }
    return { run, files, encoding: reading.encoding, deliveries };
  });
  const name = input.file === undefined ? "" : `-${baseName(input.file).replace(/\.csv$/, "")}`;
  return { fileName: `run-${found.run.number}${name}-bad-rows.csv`, lines: linesOf(found) };
}

const baseName = (name: string): string => (name.split("/").at(-1) ?? name).toLowerCase();

const Bad = z.object({
  file: z.string(),
  position: z.number(),
  line: z.number(),
  column_name: z.string().nullable(),
  code: z.string(),
  detail: z.string(),
});

/** By harm: files of the entities that others depend on come first. */
async function badFiles(tx: Transaction, run: RunRow, input: z.output<typeof BadRows>): Promise<BadFile[]> {
  const wanted = input.file ?? null;
  const rows = await read(
    tx,
    Bad,
    sql`
      select file, position, line, column_name, code, detail
      from issues
      where institution_id = ${run.institutionId} and run_id = ${run.id} and severity = 'error' and line is not null
        and (${wanted}::text is null or lower(file) = lower(${wanted}::text))
        and ${rowsChosen(input)}
      order by array_position(array['orgs', 'academicSessions', 'courses', 'classes', 'users', 'enrollments'], entity), file, position, line, id`,
  );
  const files = new Map<string, { file: string; position: number; reasons: Map<number, string[]> }>();
  for (const row of rows) {
    const key = `${row.position} ${row.file}`;
    const known = files.get(key) ?? { file: row.file, position: row.position, reasons: new Map<number, string[]>() };
    files.set(key, known);
    const reason = `${row.code}${row.column_name === null ? "" : ` (${row.column_name})`}: ${row.detail}`;
    known.reasons.set(row.line, [...(known.reasons.get(row.line) ?? []), reason]);
  }
  if (files.size === 0) throw new AppError("NOT_FOUND", "No row here is in error");
  return [...files.values()];
}

async function deliveryAt(tx: Transaction, run: RunRow, position: number): Promise<string> {
  const [taken] = await tx
    .select({ deliveryId: runDeliveries.deliveryId })
    .from(runDeliveries)
    .where(and(eq(runDeliveries.institutionId, run.institutionId), eq(runDeliveries.runId, run.id), eq(runDeliveries.position, position)));
  return taken?.deliveryId ?? run.deliveryId;
}

async function* linesOf(of: {
  files: readonly BadFile[];
  encoding: string | null;
  deliveries: ReadonlyMap<number, OpenDelivery>;
}): AsyncGenerator<string> {
  try {
    const opened: OpenedFile[] = [];
    for (const bad of of.files) {
      const delivery = of.deliveries.get(bad.position);
      const kept = delivery?.files.find((one) => baseName(one.name) === baseName(bad.file));
      if (delivery === undefined || kept === undefined) throw new Error("A file with findings is not in its delivery");
      opened.push({ ...bad, csv: await openCsv(kept, { encoding: of.encoding, spool: delivery.spool, watch: () => () => {} }) });
    }
    const columns = [...new Set(opened.flatMap(({ csv }) => csv.header))];
    yield csvLine(["file", "line", "reason", ...columns]);
    for (const file of opened) yield* rowsOf(file, columns);
  } finally {
    for (const delivery of of.deliveries.values()) await delivery.close();
  }
}

/** Every row in error of one file; one whose quotes are wrong cannot be split and stands in the first cell as it came. */
async function* rowsOf({ file, csv, reasons }: OpenedFile, columns: readonly string[]): AsyncGenerator<string> {
  const place = csv.header.map((name) => columns.indexOf(name));
  let left = reasons.size;
  for await (const block of scanRecords(csv.file, csv.start)) {
    let lines = "";
    for (let index = 0; index < block.count; index += 1) {
      const why = reasons.get(block.lines[index] ?? 0);
      if (why === undefined) continue;
      left -= 1;
      const cells = cellsOf(block, index, { delimiter: csv.delimiter, ascii: false }) ?? [recordText(block, index, false)];
      const row: string[] = columns.map(() => "");
      // Cells beyond the header are kept at the end: a comma too many is what there is to mend.
      for (const [at, cell] of cells.entries()) row[place[at] ?? columns.length + at - csv.header.length] = cell;
      lines += csvLine([file, String(block.lines[index]), why.join("; "), ...row]);
    }
    if (lines !== "") yield lines;
    if (left === 0) return;
  }
}
