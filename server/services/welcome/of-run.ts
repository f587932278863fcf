import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { welcomeBatches } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { env, isProduction } from "@/server/env";
import type { WelcomeReason } from "@/server/roster/welcome";
import { findRun, RunPlace } from "@/server/services/runs/place";
import type { BatchRow } from "./people";

/** How the welcome mails of one commit stand. */
export interface WelcomeOfRun {
  readonly state: BatchRow["state"];
  /** Who is to be written to; `withoutAddress` besides would be, if their address were known. */
  readonly mails: number;
  readonly withoutAddress: number;
  readonly reasons: readonly WelcomeReason[];
  readonly waiting: number;
  /** In the outbox, never tried. */
  readonly inOutbox: number;
  readonly sent: number;
  /** Refused for now, and tried again; `failed`: refused for good, or too often. */
  readonly failing: number;
  readonly failed: number;
  /** Archived, or without an address, when their turn came. */
  readonly left: number;
  readonly cancelled: number;
  readonly nextWaveAt: Date | null;
  readonly endedAt: Date | null;
  readonly endedReason: string | null;
  /** No mail server is set, so that no wave goes. */
  readonly isStuck: boolean;
}

/** The welcome mails of a run, or null where its commit made none due. Throws NOT_FOUND. */
export async function getWelcomeOfRun(actor: TenantActor, raw: z.input<typeof RunPlace>): Promise<WelcomeOfRun | null> {
  authorize(actor, "run:read");
  const at = RunPlace.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const batch = await findBatch(tx, actor, at);
    return batch === null ? null : described(tx, batch);
  });
}

/** The batch of a run; `lock` holds its row until the transaction ends. Throws NOT_FOUND for the run. */
export async function findBatch(
  tx: Transaction,
  actor: TenantActor,
  at: z.infer<typeof RunPlace> & { lock?: true },
): Promise<BatchRow | null> {
  const { run } = await findRun(tx, actor, { environment: at.environment, run: at.run });
  const query = tx
    .select()
    .from(welcomeBatches)
    .where(and(eq(welcomeBatches.institutionId, actor.institutionId), eq(welcomeBatches.runId, run.id)));
  const [batch] = await (at.lock === true ? query.for("update") : query);
  return batch ?? null;
}

const Tally = z.object({ waiting: SqlCount, left: SqlCount, cancelled: SqlCount });
const Sent = z.object({ sent: SqlCount, waiting: SqlCount, failing: SqlCount, failed: SqlCount });

async function described(tx: Transaction, batch: BatchRow): Promise<WelcomeOfRun> {
  const [tally] = await read(
    tx,
    Tally,
    sql`
      select count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'left') as left,
        count(*) filter (where state = 'cancelled') as cancelled
      from welcome_mails where institution_id = ${batch.institutionId} and batch_id = ${batch.id}`,
  );
  const [mails] = await read(tx, Sent, sql`select * from welcome_sent(${batch.id})`);
  return {
    state: batch.state,
    mails: batch.mails,
    withoutAddress: batch.withoutAddress,
    reasons: Reasons.parse(batch.reasons),
    waiting: tally?.waiting ?? 0,
    inOutbox: mails?.waiting ?? 0,
    sent: mails?.sent ?? 0,
    failing: mails?.failing ?? 0,
    failed: mails?.failed ?? 0,
    left: tally?.left ?? 0,
    cancelled: tally?.cancelled ?? 0,
    nextWaveAt: batch.nextWaveAt,
    endedAt: batch.endedAt,
    endedReason: batch.endedReason,
    isStuck: isProduction && env.SMTP_URL === undefined,
  };
}

const Reasons: z.ZodType<WelcomeReason[]> = z.array(
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("many"), count: z.number(), limit: z.number() }),
    z.object({ kind: z.literal("shared"), count: z.number(), of: z.number(), limit: z.number() }),
    z.object({ kind: z.literal("noLink") }),
  ]),
);
