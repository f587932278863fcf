import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { stepPlans } from "@/db/schema";
import { type AuditActor, audit } from "@/server/audit";
import { type Actor, authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant, asVendor } from "@/server/database";
import { findForStaff } from "@/server/services/vendor/find-for-staff";
import { OfInstitution } from "./get-timeline";
import { TIMELINE_STEPS } from "./timeline";

export const PlanStep = z.object({
  step: z.enum(TIMELINE_STEPS),
  /** A person or a team, as both sides call them; null: nobody is named. */
  owner: z.string().trim().min(1).max(100).nullable(),
  dueOn: z.iso.date("A day is written as YYYY-MM-DD").nullable(),
});
type Plan = z.infer<typeof PlanStep>;
export const PlanStepForStaff = PlanStep.extend(OfInstitution.shape);

/** Says who does a step and by when. */
export async function planStep(actor: TenantActor, raw: z.input<typeof PlanStep>): Promise<void> {
  authorize(actor, "feed:manage");
  const input = PlanStep.parse(raw);
  await asTenant(actor.institutionId, (tx) => write(tx, actor, input));
}

/** The same by the vendor's staff, which the institution's audit tells. Throws NOT_FOUND. */
export async function planStepForStaff(actor: Actor, raw: z.input<typeof PlanStepForStaff>): Promise<void> {
  const input = PlanStepForStaff.parse(raw);
  await asVendor(async (tx) => {
    const institution = await findForStaff(tx, input.institution);
    await write(tx, { kind: "staff", accountId: actor.accountId, institutionId: institution.id }, input);
  });
}

async function write(tx: Transaction, actor: AuditActor, { step, owner, dueOn }: Plan): Promise<void> {
  const said = { owner, dueOn, updatedAt: sql`now()`, updatedBy: actor.accountId };
  await tx
    .insert(stepPlans)
    .values({ institutionId: actor.institutionId, step, ...said })
    .onConflictDoUpdate({ target: [stepPlans.institutionId, stepPlans.step], set: said });
  // Names of people do not belong into an audit; that one was named does.
  await audit(tx, actor, { verb: "onboarding.plan", subject: `step ${step}`, detail: { dueOn, hasOwner: owner !== null } });
}
