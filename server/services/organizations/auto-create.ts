import { and, eq, isNull } from "drizzle-orm";
import { organizationSchools, organizations } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { findEnvironment } from "@/server/services/runs/place";
import { knownOrgs } from "./known-orgs";
import { portalMode } from "./mapping";

/**
 * Makes an organization of every school (and district) of Preview that has none, called as the roster calls it and below the one
 * of its parent (requirements 67, 68). Those that people made or moved stay as they are. Throws CONFLICT in a single-school portal.
 */
export async function autoCreateOrganizations(actor: TenantActor): Promise<{ created: number }> {
  authorize(actor, "feed:manage");
  return asTenant(actor.institutionId, async (tx) => {
    if ((await portalMode(tx, actor)).mode === "single") {
      throw new AppError("CONFLICT", "A single-school portal has no organizations; switch it to many schools first");
    }
    const { institutionId } = actor;
    const orgs = await knownOrgs(tx, await findEnvironment(tx, actor, "preview"));
    const mapped = await tx.select().from(organizationSchools).where(eq(organizationSchools.institutionId, institutionId));
    const organizationOf = new Map(mapped.map((row) => [row.schoolKey, row.organizationId]));
    const missing = orgs.filter(({ key }) => !organizationOf.has(key));
    for (const { key, name } of missing) {
      const [made] = await tx
        .insert(organizations)
        .values({ institutionId, name, createdBy: actor.accountId })
        .returning({ id: organizations.id });
      if (made === undefined) throw new Error("An organization was not made");
      await tx.insert(organizationSchools).values({ institutionId, schoolKey: key, organizationId: made.id });
      organizationOf.set(key, made.id);
    }
    for (const { key, parentKey } of missing) {
      const [id, parentId] = [organizationOf.get(key), parentKey === null ? undefined : organizationOf.get(parentKey)];
      if (id === undefined || parentId === undefined || id === parentId) continue;
      await tx
        .update(organizations)
        .set({ parentId })
        .where(and(eq(organizations.institutionId, institutionId), eq(organizations.id, id), isNull(organizations.parentId)));
    }
    if (missing.length > 0) {
      await audit(tx, actor, {
        verb: "organization.autoCreate",
        subject: `institution ${institutionId}`,
        detail: { created: missing.length },
      });
    }
    return { created: missing.length };
  });
}
