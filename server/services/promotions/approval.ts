import { z } from "zod";
import type { Actor } from "@/server/auth/actor";
import { staffCan } from "@/server/auth/permissions";
import { asTenant } from "@/server/database";
import { describePromotion, type PromotionView } from "./describe";
import { type Drift, previewNow } from "./drift";
import { bothEnvironments, findPromotion } from "./place";
import { placeOf } from "./vendor-place";

export const ApprovalPlace = z.object({ promotion: z.uuid() });

/** What the vendor's page of one promotion shows: counts and words, nobody of the roster. */
export interface Approval {
  readonly id: string;
  readonly institution: { readonly slug: string; readonly name: string; readonly timeZone: string };
  readonly promotion: PromotionView;
  readonly previewSeq: number;
  readonly productionSeq: number;
  readonly drift: Drift | null;
  /** Runs under way, or an undo that waits, in Preview: the drift is not known before they end. */
  readonly working: number | null;
  readonly undoing: number | null;
  readonly may: { readonly decide: boolean; readonly whyNot: string | null };
}

/** One promotion for the vendor. Throws NOT_FOUND. */
export async function getApproval(actor: Actor, raw: z.input<typeof ApprovalPlace>): Promise<Approval> {
  const input = ApprovalPlace.parse(raw);
  const { institutionId, institution, number } = await placeOf(input.promotion);
  return asTenant(institutionId, async (tx) => {
    const both = await bothEnvironments(tx, institutionId);
    const row = await findPromotion(tx, institutionId, number);
    const now = await previewNow(tx, { institutionId });
    const whyNot = reasonNot(actor, row);
    return {
      id: row.id,
      institution,
      promotion: await describePromotion(tx, row, both),
      previewSeq: both.preview.headSeq,
      productionSeq: both.production.headSeq,
      drift: now.drift,
      working: now.working,
      undoing: now.undoing,
      may: { decide: whyNot === null, whyNot },
    };
  });
}

/** Why this person may not decide, in a sentence; the decision looks again. */
function reasonNot(actor: Actor, promotion: { requestedBy: number | null; confirmedBy: number | null }): string | null {
  if (actor.staffRole === null || !staffCan(actor.staffRole, "promotion:decide")) return "Your role may look, not decide.";
  if (actor.accountId === promotion.requestedBy) return "You asked for this yourself: somebody else has to decide.";
  if (actor.accountId === promotion.confirmedBy) return "You confirmed this yourself: somebody else has to decide.";
  return null;
}
