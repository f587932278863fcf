import { eq, sql } from "drizzle-orm";
import { z } from "zod";
import { institutions, organizationModes } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { LABEL_CHOICES, LABEL_KEYS, type LabelKey, type Words } from "@/server/roster/labels";
import { findEnvironment } from "@/server/services/runs/place";
import { knownOrgs } from "./known-orgs";

export const SetMode = z.discriminatedUnion("mode", [
  z.object({ mode: z.literal("multi") }),
  /** `school`: the source key of the one school that is synced; null: every school of the files. */
  z.object({ mode: z.literal("single"), school: z.string().min(1).max(255).nullable() }),
]);

/**
 * Says whether the portal is one school or many (the seed's "Partition organizations"). Organizations that were made stay, and
 * are there again when it is many schools once more. Throws NOT_FOUND for a school that Preview does not know.
 */
export async function setPortalMode(actor: TenantActor, raw: z.input<typeof SetMode>): Promise<void> {
  authorize(actor, "feed:manage");
  const input = SetMode.parse(raw);
  await asTenant(actor.institutionId, async (tx) => {
    const schoolKey = input.mode === "single" ? input.school : null;
    if (schoolKey !== null) {
      const known = await knownOrgs(tx, await findEnvironment(tx, actor, "preview"));
      if (!known.some(({ key, type }) => key === schoolKey && type === "school"))
        throw new AppError("NOT_FOUND", "There is no such school");
    }
    const values = { mode: input.mode, schoolKey, updatedAt: sql`now()`, updatedBy: actor.accountId };
    await tx
      .insert(organizationModes)
      .values({ institutionId: actor.institutionId, ...values })
      .onConflictDoUpdate({ target: organizationModes.institutionId, set: values });
    await audit(tx, actor, {
      verb: "organization.setMode",
      subject: `institution ${actor.institutionId}`,
      detail: { mode: input.mode, hasSchool: schoolKey !== null },
    });
  });
}

const oneOf = (key: LabelKey) => {
  const choices: readonly Words[] = LABEL_CHOICES[key];
  return z
    .string()
    .refine((title) => choices.some((choice) => choice.title === title), "There is no such word")
    .optional();
};

/** Headings by key; what is not named stays. */
export const SetLabels = z.object({
  labels: z.object({ schools: oneOf("schools"), teachers: oneOf("teachers"), students: oneOf("students"), classes: oneOf("classes") }),
});

/** Chooses what the institution's pages call its schools, teachers, students and classes. */
export async function setLabels(actor: TenantActor, raw: z.input<typeof SetLabels>): Promise<void> {
  authorize(actor, "feed:manage");
  const { labels } = SetLabels.parse(raw);
  const chosen = Object.fromEntries(LABEL_KEYS.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]]])));
  await asTenant(actor.institutionId, async (tx) => {
    await tx
      .update(institutions)
      .set({ labels: sql`${institutions.labels} || ${JSON.stringify(chosen)}::jsonb` })
      .where(eq(institutions.id, actor.institutionId));
    await audit(tx, actor, { verb: "institution.setLabels", subject: `institution ${actor.institutionId}`, detail: chosen });
  });
}
