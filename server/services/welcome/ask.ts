import { and, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { environments, feeds, runs, welcomeBatches } from "@/db/schema";
import { emit } from "@/server/jobs/events";
import { OPTIONS } from "@/server/roster/options";
import { settingsOf } from "@/server/services/feeds/settings";
import { findSource } from "@/server/sources";
import { endBatch } from "./end-batch";

type RunRow = typeof runs.$inferSelect;

/**
 * What a commit means for welcome mails, in its own transaction: those of a commit that is undone are taken back, those that an undo
 * took back are due again where that undo is undone, and for any other one a batch is begun, once, if the option of one of its feeds
 * is on. `settings` are the versions by feed, where the run has several. Who is due is counted afterwards, so that the commit waits
 * for nobody.
 */
export async function askWelcome(tx: Transaction, of: { run: RunRow; settings?: Readonly<Record<string, number>> }): Promise<void> {
  const { run } = of;
  const { institutionId } = run;
  if (run.undoOf !== null) {
    const [undone] = await tx
      .select()
      .from(welcomeBatches)
      .where(and(eq(welcomeBatches.institutionId, institutionId), eq(welcomeBatches.runId, run.undoOf)))
      .for("update");
    if (undone !== undefined)
      await endBatch(tx, undone, { reason: "undone", words: `The commit was undone by run ${run.number}`, by: null });
  }
  const on = run.undoOf === null ? await feedsWithMails(tx, of) : await feedsTakenBack(tx, { institutionId, undone: run.undoOf });
  if (on.length === 0) return;
  const [environment] = await tx
    .select({ bucket: environments.bucket, seq: environments.headSeq })
    .from(environments)
    .where(and(eq(environments.institutionId, institutionId), eq(environments.id, run.environmentId)));
  if (environment === undefined) throw new Error("A commit without its environment");
  const [batch] = await tx
    .insert(welcomeBatches)
    .values({ institutionId, runId: run.id, environmentId: run.environmentId, ...environment, feeds: on, state: "counting" })
    .onConflictDoNothing()
    .returning({ id: welcomeBatches.id });
  if (batch !== undefined) await emit(tx, { name: "welcome/asked", data: { institutionId, batchId: batch.id } });
}

async function feedsWithMails(tx: Transaction, of: Parameters<typeof askWelcome>[1]): Promise<number[]> {
  const { run } = of;
  const on: number[] = [];
  for (const [feed, version] of Object.entries(of.settings ?? { [String(run.feedId)]: run.settingsVersion })) {
    if (await isOn(tx, { institutionId: run.institutionId, feedId: Number(feed), version })) on.push(Number(feed));
  }
  return on;
}

/** The feeds whose mails the undone run had taken back, where it was an undo itself. */
async function feedsTakenBack(tx: Transaction, of: { institutionId: number; undone: string }): Promise<number[]> {
  const [batch] = await tx
    .select({ feeds: welcomeBatches.feeds })
    .from(runs)
    .innerJoin(welcomeBatches, and(eq(welcomeBatches.institutionId, runs.institutionId), eq(welcomeBatches.runId, runs.undoOf)))
    .where(and(eq(runs.institutionId, of.institutionId), eq(runs.id, of.undone), eq(welcomeBatches.state, "cancelled")));
  return batch?.feeds ?? [];
}

async function isOn(tx: Transaction, of: { institutionId: number; feedId: number; version: number }): Promise<boolean> {
  const [feed] = await tx
    .select({ source: feeds.source })
    .from(feeds)
    .where(and(eq(feeds.institutionId, of.institutionId), eq(feeds.id, of.feedId)));
  const standard = feed === undefined ? undefined : findSource(feed.source)?.options.welcomeMails;
  return (OPTIONS.welcomeMails.stored(await settingsOf(tx, of)) ?? standard ?? false) === true;
}
