import { sql } from "drizzle-orm";
import { asEngine } from "@/server/database";
import { deliveryFindings } from "@/server/intake/findings";
import type { Entity } from "@/server/roster/entities";
import { limitsOfInstitution } from "@/server/services/limits/effective";
import type { Reading } from "@/server/sources/source";
import type { OpenSet, SyncContext } from "@/server/sync/context";
import { fenced, takeOver } from "@/server/sync/fence";
import { keepPackageIssues } from "@/server/sync/issues";
import { beginPhase } from "@/server/sync/progress";
import { chooseDeliveries, type DeliveryNature } from "./choose-deliveries";
import { rulesVersionOf, withReading } from "./open-reading";
import type { JobRun } from "./run-of";
import { RunRefused } from "./step-result";

/** What there is to load of one delivery. */
export interface Collected {
  readonly delivery: string;
  readonly entities: readonly Entity[];
}

/** Deliveries that one run can take; more deltas than this are committed in turns. */
const DELIVERIES_MAX = 20;

/**
 * Recognises the files of the run's deliveries, keeps what is wrong with a package or a whole file, and says what is to be
 * loaded. Throws RunRefused when one of them may not be loaded. Safe to run twice.
 */
export async function collect(context: SyncContext, run: JobRun): Promise<readonly Collected[]> {
  const deliveries = await chooseDeliveries(run, (delivery) => natureOf(run, delivery));
  if (deliveries.length > DELIVERIES_MAX) {
    throw new RunRefused("TOO_MANY_DELIVERIES", `${deliveries.length} deliveries wait for this feed; commit an earlier one first.`);
  }
  const collected: Collected[] = [];
  let files = 0;
  for (const [index, delivery] of deliveries.entries()) {
    const found = await collectDelivery(context, run, { position: index + 1, delivery });
    collected.push({ delivery, entities: found.entities });
    files += found.files;
  }
  const open = await takeOver(context);
  const rulesVersion = await rulesVersionOf(run);
  await fenced(open, (tx) => tx.execute(sql`update runs set rules_version = ${rulesVersion} where id = ${run.id}`));
  const progress = await beginPhase(open, "collect");
  await progress.end(files);
  if (collected.every((one) => one.entities.length === 0))
    throw new RunRefused("NOTHING_TO_LOAD", "No file of this delivery can be loaded.");
  return collected;
}

/** How a delivery is read, as far as it matters for what has to come before it. */
async function natureOf(run: JobRun, delivery: string): Promise<DeliveryNature> {
  try {
    return await withReading(run, delivery, async (reading) => {
      if (reading.issues.some((issue) => issue.severity === "refusal")) return "refused";
      return reading.readers.every((reader) => reader.mode === "bulk") ? "bulk" : "delta";
    });
  } catch (cause) {
    if (cause instanceof RunRefused) return "refused";
    throw cause;
  }
}

async function collectDelivery(
  context: SyncContext,
  run: JobRun,
  of: { position: number; delivery: string },
): Promise<{ entities: Entity[]; files: number }> {
  const { position, delivery } = of;
  const found = await asEngine(run.institutionId, (tx) => deliveryFindings(tx, { institutionId: run.institutionId, deliveryId: delivery }));
  return withReading(run, delivery, async (reading) => {
    const open = await takeOver(context);
    await keepFiles(open, { ...of, reading });
    const issues = [...found, ...reading.issues];
    await keepPackageIssues(open, position, issues);
    const refusal = issues.find((issue) => issue.severity === "refusal");
    if (refusal !== undefined) throw new RunRefused(refusal.code, `${refusal.at}: ${refusal.detail}`);
    await refuseOverLimits(run, reading);
    return { entities: reading.readers.map((reader) => reader.entity), files: reading.files.length };
  });
}

/** What staff set for this institution alone, counted in what was unpacked. Throws RunRefused with who can raise it. */
async function refuseOverLimits(run: JobRun, reading: Reading): Promise<void> {
  const { limits, ask } = await asEngine(run.institutionId, (tx) => limitsOfInstitution(tx, run.institutionId));
  const arrived = reading.files.filter((file) => file.mode !== "absent");
  if (arrived.length > limits.filesMax) {
    throw new RunRefused(
      "FILES_LIMIT",
      `${arrived.length} files are more than the ${limits.filesMax} that a delivery may have here. ${ask}`,
    );
  }
  for (const file of arrived) {
    if (file.bytes > limits.fileBytesMax) {
      const allowed = Math.floor(limits.fileBytesMax / 1024 ** 2);
      throw new RunRefused("FILE_LIMIT", `${file.name} is larger than the ${allowed} MB that a file may have here. ${ask}`);
    }
    if (file.rows > limits.rowsMax) {
      throw new RunRefused(
        "ROWS_LIMIT",
        `${file.name} has ${file.rows} rows, more than the ${limits.rowsMax} that a file may have here. ${ask}`,
      );
    }
  }
}

/** Says of every file what it is and how it is read, with the digest of its bytes as they were kept. */
async function keepFiles(open: OpenSet, of: { position: number; delivery: string; reading: Reading }): Promise<void> {
  const files = of.reading.files.map(({ name, entity, mode, bytes, encoding, rows, mergedInto = null }) => ({
    ...{ name, entity, mode, bytes, encoding, rows },
    merged_into: mergedInto,
  }));
  await fenced(open, async (tx) => {
    await tx.execute(sql`
      delete from run_files where institution_id = ${open.institutionId} and run_id = ${open.runId} and position = ${of.position}`);
    await tx.execute(sql`
      insert into run_files (institution_id, run_id, position, name, entity, mode, bytes, encoding, rows, merged_into, digest)
      select ${open.institutionId}::int, ${open.runId}::uuid, ${of.position}::int, f.name, f.entity, f.mode, f.bytes, f.encoding, f.rows,
        f.merged_into, d.digest
      from jsonb_to_recordset(${JSON.stringify(files)}::jsonb) f(name text, entity text, mode text, bytes bigint, encoding text, rows bigint, merged_into text)
      left join delivery_files d on d.institution_id = ${open.institutionId} and d.delivery_id = ${of.delivery} and d.role = 'kept'
        and lower(d.name) = lower(f.name)`);
  });
}
