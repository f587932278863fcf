import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { sourcedIdOf, versionsOf } from "@/db/roster";
import { environments, runs, welcomeBatches } from "@/db/schema";
import { audit } from "@/server/audit";
import { env } from "@/server/env";
import { notifyStep } from "@/server/notify/notify-step";
import { welcomeVerdict } from "@/server/roster/welcome";
import { type BatchRow, BEFORE_ALL_LINES, hasAddress, isDue, neverWent, writtenBy } from "./people";
import { welcomeSettingsOf } from "./settings";

/** People looked at in one step. */
const STRETCH = 10_000;

const Stretch = z.object({ looked: SqlCount, last: z.number().nullable(), mails: SqlCount, bare: SqlCount });

/**
 * Looks at the next people whom the batch's commit wrote and puts down who is to be written to; in Preview they are only counted.
 * Safe to run twice: what was looked at is noted in the same transaction. `finished`: nobody is left to look at.
 */
export async function countDue(tx: Transaction, of: { institutionId: number; batchId: string }): Promise<{ finished: boolean }> {
  const batch = await lockBatch(tx, of);
  if (batch?.state !== "counting") return { finished: true };
  const settings = await welcomeSettingsOf(tx, of.institutionId);
  const isPreview = (await environmentOf(tx, batch)) === "preview";
  const stretch = sql`
    select v.line, ${sourcedIdOf("v")} as sourced_id, ${isDue(batch, settings)} as due, ${hasAddress} as has_address
    from ${writtenBy(batch)} and v.line > ${batch.afterLine ?? BEFORE_ALL_LINES}
    order by v.line limit ${STRETCH}`;
  const [found] = await read(
    tx,
    Stretch,
    isPreview
      ? sql`
        with stretch as materialized (${stretch})
        select count(*) as looked, max(line) as last, count(*) filter (where due and has_address) as mails,
          count(*) filter (where due and not has_address) as bare from stretch`
      : sql`
        with stretch as materialized (${stretch}),
        put as (
          insert into welcome_mails (institution_id, sourced_id, batch_id, line, state)
          select distinct on (sourced_id) ${of.institutionId}::int, sourced_id, ${of.batchId}::uuid, line, 'waiting'
          from stretch where due and has_address order by sourced_id, line
          on conflict (institution_id, sourced_id) do update set batch_id = excluded.batch_id, line = excluded.line, state = 'waiting', reason = null,
            mail_id = null, handed_at = null
          where ${neverWent("welcome_mails")}
          returning 1)
        select count(*) as looked, max(line) as last, (select count(*) from put) as mails,
          count(*) filter (where due and not has_address) as bare from stretch`,
  );
  if (found?.last == null) return { finished: true };
  await tx
    .update(welcomeBatches)
    .set({
      afterLine: found.last,
      mails: sql`${welcomeBatches.mails} + ${found.mails}`,
      withoutAddress: sql`${welcomeBatches.withoutAddress} + ${found.bare}`,
    })
    .where(and(eq(welcomeBatches.institutionId, of.institutionId), eq(welcomeBatches.id, of.batchId)));
  return { finished: found.looked < STRETCH };
}

/** Says what becomes of a batch whose people were counted: simulated in Preview; in Production its waves begin, or it waits for a person. */
export async function weighBatch(
  tx: Transaction,
  of: { institutionId: number; batchId: string },
): Promise<{ state: BatchRow["state"]; mails: number }> {
  const batch = await lockBatch(tx, of);
  if (batch?.state !== "counting") return { state: batch?.state ?? "cancelled", mails: batch?.mails ?? 0 };
  const isPreview = (await environmentOf(tx, batch)) === "preview";
  const { holdAbove } = await welcomeSettingsOf(tx, of.institutionId);
  const reasons = isPreview
    ? []
    : welcomeVerdict({ mails: batch.mails, shared: await sharedOf(tx, batch), holdAbove, hasLink: env.PRODUCT_URL !== undefined });
  const state = isPreview ? "simulated" : batch.mails === 0 ? "nothing" : reasons.length > 0 ? "held" : "sending";
  await tx
    .update(welcomeBatches)
    .set({
      state,
      reasons: state === "held" ? reasons.map((reason) => ({ ...reason })) : [],
      nextWaveAt: state === "sending" ? sql`now()` : null,
      endedAt: state === "simulated" || state === "nothing" ? sql`now()` : null,
    })
    .where(and(eq(welcomeBatches.institutionId, of.institutionId), eq(welcomeBatches.id, of.batchId)));
  const [run] = await tx
    .select({ number: runs.number })
    .from(runs)
    .where(and(eq(runs.institutionId, of.institutionId), eq(runs.id, batch.runId)));
  await audit(
    tx,
    { kind: "system", accountId: null, institutionId: of.institutionId },
    {
      verb: "welcome.count",
      subject: `run ${run?.number ?? 0}`,
      detail: { state, mails: batch.mails, withoutAddress: batch.withoutAddress },
    },
  );
  if (state === "held") {
    const step = { kind: "welcome", id: batch.id, run: run?.number ?? 0, mails: batch.mails } as const;
    await notifyStep(tx, { institutionId: of.institutionId, step });
  }
  return { state, mails: batch.mails };
}

/** How many people of the batch share their address with another one of it. */
async function sharedOf(tx: Transaction, batch: BatchRow): Promise<number> {
  const [found] = await read(
    tx,
    z.object({ shared: SqlCount }),
    sql`
      select coalesce(sum(n), 0) as shared from (
        select count(*) as n
        from welcome_mails w
        join ${versionsOf("users")} v on v.institution_id = ${batch.institutionId} and v.environment_id = ${batch.environmentId}
          and v.bucket = ${batch.bucket} and v.from_seq = ${batch.seq} and v.line = w.line
        where w.institution_id = ${batch.institutionId} and w.batch_id = ${batch.id}
        group by lower(v.email) having count(*) > 1) doubled`,
  );
  return found?.shared ?? 0;
}

/** The batch with its row held until the transaction ends. */
export async function lockBatch(tx: Transaction, of: { institutionId: number; batchId: string }): Promise<BatchRow | undefined> {
  const [batch] = await tx
    .select()
    .from(welcomeBatches)
    .where(and(eq(welcomeBatches.institutionId, of.institutionId), eq(welcomeBatches.id, of.batchId)))
    .for("update");
  return batch;
}

async function environmentOf(tx: Transaction, batch: BatchRow): Promise<"preview" | "production"> {
  const [environment] = await tx
    .select({ name: environments.name })
    .from(environments)
    .where(and(eq(environments.institutionId, batch.institutionId), eq(environments.id, batch.environmentId)));
  if (environment === undefined) throw new Error("A batch without its environment");
  return environment.name;
}
