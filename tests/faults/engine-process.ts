import { closeDatabases } from "@/server/database";
import { check } from "@/server/sync/check";
import { commit } from "@/server/sync/commit";
import { compare } from "@/server/sync/compare";
import { contextOf } from "@/server/sync/context";
import { loadDelivery } from "@/server/sync/load";
import { openSet } from "@/server/sync/open-set";
import { sampleReading } from "../engine/sample-reading";

/** What a worker does with one run, in a process of its own that a failpoint may end: `prepare` or `commit`, once. */
export interface EngineWork {
  readonly institutionId: number;
  readonly runId: string;
  readonly what: "prepare" | "commit";
  readonly day: 1 | 2;
  /** How large the delivery says it is: what decides whether it lands in partitions of its own. */
  readonly bytes: number;
}

/** The steps of one run, begun afresh. */
export async function work(of: EngineWork): Promise<void> {
  const context = await contextOf(of.institutionId, of.runId);
  if (of.what === "commit") {
    await commit(context, { selectionVersion: 0, accountId: null });
    return;
  }
  await openSet(context, { bytes: of.bytes, isPatient: false });
  await prepareOn(of);
}

/** The steps after the set was opened: what a job runs again when a worker died. */
export async function prepareOn(of: EngineWork): Promise<void> {
  const reading = await sampleReading(of.day);
  await loadDelivery(await contextOf(of.institutionId, of.runId), reading.readers, { position: 1, deliveries: 1 });
  await check(await contextOf(of.institutionId, of.runId));
  await compare(await contextOf(of.institutionId, of.runId));
}

const [, , text] = process.argv;
if (text?.startsWith("{")) {
  await work(JSON.parse(text) as EngineWork);
  await closeDatabases();
}
