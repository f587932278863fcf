import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { accounts, institutions, mails, promotionNotes, type promotions, staff } from "@/db/schema";
import type { PromotionNotice } from "@/emails/promotion";
import { staffRolesWith } from "@/server/auth/permissions";
import { env } from "@/server/env";
import { type PromotionState, REQUEST_DAYS } from "@/server/roster/promotion";
import { type Recipient, recipientsOf } from "./recipients";
import { renderPromotion } from "./render";

/** What is told: a state that was reached, or that the other side said something. */
type PromotionNews = PromotionState | "institutionComment" | "staffComment";

interface Words {
  readonly headline: string;
  readonly sentences: readonly string[];
}

/** What the vendor's people hear; null: nothing. */
function forStaff(said: PromotionNews): Words | null {
  switch (said) {
    case "requested":
      return {
        headline: "A roster waits for your approval",
        sentences: [`A snapshot of Preview is confirmed. If nobody decides, the request ends after ${REQUEST_DAYS} days.`],
      };
    case "institutionComment":
      return { headline: "The institution wrote to you", sentences: ["There is a new comment on this promotion."] };
    case "superseded":
      return {
        headline: "A request ended: Preview moved",
        sentences: ["Something was committed in Preview since, so there is nothing to decide any more."],
      };
    case "expired":
      return { headline: "A request expired", sentences: [`Nobody decided within ${REQUEST_DAYS} days.`] };
    case "confirmedLive":
      return { headline: "The institution confirmed that Production is right", sentences: ["This promotion is finished."] };
    case "rolledBack":
      return { headline: "Production was rolled back", sentences: ["What this promotion brought was undone. Automatic runs are paused."] };
    default:
      return null;
  }
}

/** What the institution's admins hear; null: nothing. */
function forInstitution(said: PromotionNews): Words | null {
  switch (said) {
    case "changesAsked":
      return {
        headline: "The vendor asks for changes",
        sentences: ["Read what they wrote, change it in Preview, and confirm again. Production has not changed."],
      };
    case "approved":
      return { headline: "Approved: Production is being prepared", sentences: ["You hear again when it is live."] };
    case "rejected":
      return { headline: "The vendor said no", sentences: ["Read why on the page. Production has not changed."] };
    case "live":
      return {
        headline: "Production is live",
        sentences: ["Look at it once, and confirm that it is as it should be.", "Automatic runs are switched on."],
      };
    case "superseded":
      return {
        headline: "Your request ended: Preview moved",
        sentences: ["Something was committed in Preview since. Confirm the newer commit to ask again."],
      };
    case "expired":
      return { headline: "Your request expired", sentences: [`Nobody decided within ${REQUEST_DAYS} days. Ask again when you are ready.`] };
    case "rolledBack":
      return {
        headline: "Production was rolled back",
        sentences: ["What the promotion brought was undone; nobody was erased. Automatic runs are paused."],
      };
    case "staffComment":
      return { headline: "The vendor wrote to you", sentences: ["There is a new comment on your promotion."] };
    default:
      return null;
  }
}

/**
 * Writes to the other side that a promotion moved or that somebody said something: into the outbox, in the caller's transaction, once
 * per promotion, news, round and recipient.
 */
export async function notifyPromotion(
  tx: Transaction,
  of: { promotion: typeof promotions.$inferSelect; said: PromotionNews },
): Promise<void> {
  const { promotion, said } = of;
  const [toStaff, toInstitution] = [forStaff(said), forInstitution(said)];
  if (toStaff === null && toInstitution === null) return;
  const [institution] = await tx
    .select({ name: institutions.name, slug: institutions.slug })
    .from(institutions)
    .where(eq(institutions.id, promotion.institutionId));
  if (institution === undefined) throw new Error("A promotion without its institution");
  const kind = `promotion:${said}:${await occasionOf(tx, of)}`;
  const about = { institution: institution.name, number: promotion.number, press: "Open the promotion" };
  if (toStaff !== null) {
    await post(tx, {
      promotion: promotion.id,
      kind,
      institutionId: promotion.institutionId,
      to: (await staffAddresses(tx)).map((email) => ({ email, stopUrl: null })),
      notice: {
        ...about,
        ...toStaff,
        url: new URL(`/vendor/approvals/${promotion.id}`, env.ROLLCALL_URL).toString(),
        foot: "You get this because you decide about promotions for the vendor.",
      },
    });
  }
  if (toInstitution !== null) {
    await post(tx, {
      promotion: promotion.id,
      kind,
      institutionId: promotion.institutionId,
      to: await recipientsOf(tx, { institutionId: promotion.institutionId, kind: said === "staffComment" ? "comment" : "promotion" }),
      notice: {
        ...about,
        ...toInstitution,
        url: new URL(`/i/${institution.slug}/promote`, env.ROLLCALL_URL).toString(),
        foot: `You get this as an admin of ${institution.name}.`,
      },
    });
  }
}

/** A round happens once; comments are told one by one. */
async function occasionOf(tx: Transaction, of: { promotion: typeof promotions.$inferSelect; said: PromotionNews }): Promise<string> {
  if (of.said !== "institutionComment" && of.said !== "staffComment") return String(of.promotion.round);
  const said = await tx.$count(
    promotionNotes,
    and(eq(promotionNotes.institutionId, of.promotion.institutionId), eq(promotionNotes.promotionId, of.promotion.id)),
  );
  return `${of.promotion.round}.${said}`;
}

async function staffAddresses(tx: Transaction): Promise<string[]> {
  const rows = await tx
    .select({ email: accounts.email })
    .from(staff)
    .innerJoin(accounts, eq(accounts.id, staff.accountId))
    .where(and(inArray(staff.role, [...staffRolesWith("promotion:decide")]), isNull(staff.removedAt), isNull(accounts.disabledAt)));
  return rows.map((row) => row.email);
}

async function post(
  tx: Transaction,
  of: {
    promotion: string;
    institutionId: number;
    kind: string;
    to: readonly Pick<Recipient, "email" | "stopUrl">[];
    notice: Omit<PromotionNotice, "stopUrl">;
  },
): Promise<void> {
  for (const { email, stopUrl } of of.to) {
    const mail = await renderPromotion({ ...of.notice, stopUrl });
    // The subject of a mail, by which it is written once, is a run's or a promotion's id.
    await tx
      .insert(mails)
      .values({ runId: of.promotion, ofInstitution: of.institutionId, kind: of.kind, recipient: email, ...mail })
      .onConflictDoNothing();
  }
}
