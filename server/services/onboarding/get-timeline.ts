import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { institutions, stepPlans } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant, asVendor } from "@/server/database";
import { findForStaff } from "@/server/services/vendor/find-for-staff";
import { onboardingFacts } from "./facts";
import { type TimelineLine, timelineOf } from "./timeline";

export const OfInstitution = z.object({ institution: z.string().min(1).max(63) });

/** The seven steps as they stand, for the institution's members. */
export async function getTimeline(actor: TenantActor): Promise<TimelineLine[]> {
  authorize(actor, "institution:read");
  return asTenant(actor.institutionId, (tx) => readTimeline(tx, actor.institutionId));
}

/** The same lines, for the vendor's staff. Throws NOT_FOUND. */
export async function getTimelineForStaff(raw: z.input<typeof OfInstitution>): Promise<TimelineLine[]> {
  const input = OfInstitution.parse(raw);
  return asVendor(async (tx) => readTimeline(tx, (await findForStaff(tx, input.institution)).id));
}

async function readTimeline(tx: Transaction, institutionId: number): Promise<TimelineLine[]> {
  const facts = await onboardingFacts(tx, institutionId);
  const plans = await tx
    .select({ step: stepPlans.step, owner: stepPlans.owner, dueOn: stepPlans.dueOn })
    .from(stepPlans)
    .where(eq(stepPlans.institutionId, institutionId));
  const [institution] = await tx.select({ zone: institutions.timeZone }).from(institutions).where(eq(institutions.id, institutionId));
  return timelineOf(facts, plans, dayIn(institution?.zone ?? "UTC"));
}

/** Today there, `YYYY-MM-DD`: how Swedish writes a day. */
const dayIn = (timeZone: string): string => new Intl.DateTimeFormat("sv-SE", { timeZone }).format(new Date());
