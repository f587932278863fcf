import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { institutions, views } from "@/db/schema";
import { audit } from "@/server/audit";
import { asVendor } from "@/server/database";
import { AppError } from "@/server/errors";
import type { StaffPerson } from "../second-factor/person";

/** A view ends by itself after so long; whoever needs more says again why. */
const VIEW_MINUTES = 30;

export const StartView = z.object({ institution: z.string().min(1).max(63), reason: z.string().trim().min(10).max(500) });

/** A person of the vendor whose second factor opened the console. */
type StaffActor = StaffPerson & { readonly staffSessionId: string };

/**
 * Lets a staff session see an institution as its people see it, for half an hour, changing nothing; its people see that, by whom and
 * why. An earlier view of the session ends. Throws NOT_FOUND.
 */
export async function startView(staff: StaffActor, input: z.input<typeof StartView>): Promise<{ slug: string; expiresAt: Date }> {
  const { institution: slug, reason } = StartView.parse(input);
  return asVendor(async (tx) => {
    const [institution] = await tx
      .select({ id: institutions.id })
      .from(institutions)
      .where(and(eq(institutions.slug, slug), isNull(institutions.disabledAt)));
    if (institution === undefined) throw new AppError("NOT_FOUND", "There is no such institution");
    await tx
      .update(views)
      .set({ endedAt: sql`now()` })
      .where(and(eq(views.staffSessionId, staff.staffSessionId), isNull(views.endedAt)));
    const [made] = await tx
      .insert(views)
      .values({
        institutionId: institution.id,
        accountId: staff.accountId,
        staffSessionId: staff.staffSessionId,
        reason,
        expiresAt: sql`now() + make_interval(mins => ${VIEW_MINUTES})`,
      })
      .returning({ id: views.id, expiresAt: views.expiresAt });
    if (made === undefined) throw new Error("A view was not made");
    const actor = { kind: "staff", accountId: staff.accountId, institutionId: institution.id } as const;
    await audit(tx, actor, { verb: "view.start", subject: `view ${made.id}`, detail: { reason, minutes: VIEW_MINUTES } });
    return { slug, expiresAt: made.expiresAt };
  });
}

/** Ends the view of this staff session, where there is one that has not ended by itself. */
export async function endView(staff: StaffActor): Promise<{ isEnded: boolean }> {
  return asVendor(async (tx) => {
    const [ended] = await tx
      .update(views)
      .set({ endedAt: sql`now()` })
      .where(and(eq(views.staffSessionId, staff.staffSessionId), isNull(views.endedAt), sql`${views.expiresAt} > now()`))
      .returning({ id: views.id, institutionId: views.institutionId });
    if (ended === undefined) return { isEnded: false };
    const actor = { kind: "staff", accountId: staff.accountId, institutionId: ended.institutionId } as const;
    await audit(tx, actor, { verb: "view.end", subject: `view ${ended.id}` });
    return { isEnded: true };
  });
}
