import type { Reading } from "@/server/sources/source";
import { check } from "./check";
import { compare, type Prepared } from "./compare";
import type { SyncContext } from "./context";
import { takeOver } from "./fence";
import { keepPackageIssues } from "./issues";
import { loadDelivery } from "./load";
import { closeSet, type Opening, openSet } from "./open-set";

/** What came of preparing a run in one go. */
export type Preparing = ({ readonly outcome: "prepared" } & Prepared) | { readonly outcome: "failed"; readonly reason: string } | Opening;

/**
 * Prepares a run from readings, oldest delivery first: the steps of the job `prepare-run` one after the other, for callers
 * that need no durable steps (benchmark, tests).
 */
export async function prepare(context: SyncContext, readings: readonly Reading[]): Promise<Preparing> {
  const bytes = readings.reduce((sum, reading) => sum + reading.readers.reduce((all, reader) => all + reader.bytes, 0), 0);
  const opening = await openSet(context, { bytes, isPatient: false });
  if (opening.outcome !== "opened") return opening;
  for (const [index, reading] of readings.entries()) {
    await keepPackageIssues(await takeOver(context), index + 1, reading.issues);
    const refusal = reading.issues.find((issue) => issue.severity === "refusal");
    if (refusal !== undefined) return fail(context, { code: refusal.code, reason: refusal.detail });
    await loadDelivery(context, reading.readers, { position: index + 1, deliveries: readings.length });
  }
  const checked = await check(context);
  if (checked.refused !== null) return fail(context, { code: checked.refused.code, reason: checked.refused.detail });
  return { outcome: "prepared", ...(await compare(context)) };
}

async function fail(context: SyncContext, why: { code: string; reason: string }): Promise<Preparing> {
  await closeSet(context, { state: "failed", reason: why.reason, code: why.code });
  return { outcome: "failed", reason: why.reason };
}
