import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { runs } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { describePromotion, type PromotionView } from "./describe";
import { type Drift, previewNow } from "./drift";
import { bothEnvironments, type EnvironmentRow, type PromotionRow, shownPromotion } from "./place";

/** What the institution's page of promotion shows. */
interface PromotionPage {
  /** The one that goes on, else the newest; null before the first. */
  readonly promotion: PromotionView | null;
  readonly preview: EnvironmentNow;
  readonly production: EnvironmentNow & {
    readonly automaticAt: Date | null;
    readonly pausedAt: Date | null;
    readonly pausedReason: string | null;
  };
  /** What waits in Preview. */
  readonly drift: Drift | null;
  /** The run that brought the snapshot to Production. */
  readonly run: number | null;
  readonly canRequest: boolean;
  readonly canUndo: boolean;
}

interface EnvironmentNow {
  readonly headSeq: number;
  readonly committedAt: Date | null;
  readonly counts: Readonly<Record<string, number>>;
}

/** Where the institution stands on its way to Production. */
export async function getPromotion(actor: TenantActor): Promise<PromotionPage> {
  authorize(actor, "run:read");
  return asTenant(actor.institutionId, async (tx) => {
    const both = await bothEnvironments(tx, actor.institutionId);
    const promotion = await shownPromotion(tx, actor.institutionId);
    const { drift } = await previewNow(tx, actor);
    return {
      promotion: promotion === null ? null : await describePromotion(tx, promotion, both),
      preview: nowOf(both.preview),
      production: {
        ...nowOf(both.production),
        automaticAt: both.production.automaticAt,
        pausedAt: both.production.pausedAt,
        pausedReason: both.production.pausedReason,
      },
      drift,
      run: await runNumber(tx, promotion),
      canRequest: actor.can("promotion:request"),
      canUndo: actor.can("run:commit"),
    };
  });
}

const Counts = z.record(z.string(), z.number());

const nowOf = ({ headSeq, committedAt, counts }: EnvironmentRow): EnvironmentNow => ({
  headSeq,
  committedAt,
  counts: Counts.parse(counts),
});

async function runNumber(tx: Transaction, promotion: PromotionRow | null): Promise<number | null> {
  if (promotion === null || promotion.runId === null) return null;
  const [run] = await tx
    .select({ number: runs.number })
    .from(runs)
    .where(and(eq(runs.institutionId, promotion.institutionId), eq(runs.id, promotion.runId)));
  return run?.number ?? null;
}
