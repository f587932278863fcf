import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { organizationSchools, organizations } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { findEnvironment } from "@/server/services/runs/place";
import { knownOrgs } from "./known-orgs";
import { lockOrganization } from "./mapping";

const id = z.number().int().positive();
const name = z.string().trim().min(1, "Give it a name").max(200);

export const CreateOrganization = z.object({ name, parent: id.nullable().default(null) });
/** What is not named stays. */
export const UpdateOrganization = z.object({ organization: id, name: name.optional(), parent: id.nullable().optional() });
export const RemoveOrganization = z.object({ organization: id });
export const MapSchool = z.object({
  /** A school's source key. */
  school: z.string().min(1).max(255),
  organization: id.nullable(),
});

/** Makes an organization that no school of the rosters is yet. Throws NOT_FOUND for its parent. */
export async function createOrganization(actor: TenantActor, raw: z.input<typeof CreateOrganization>): Promise<{ id: number }> {
  authorize(actor, "feed:manage");
  const input = CreateOrganization.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    if (input.parent !== null) await lockOrganization(tx, actor, input.parent);
    const [made] = await tx
      .insert(organizations)
      .values({ institutionId: actor.institutionId, name: input.name, parentId: input.parent, createdBy: actor.accountId })
      .returning({ id: organizations.id });
    if (made === undefined) throw new Error("An organization was not made");
    await audit(tx, actor, { verb: "organization.create", subject: `organization ${made.id}` });
    return made;
  });
}

/** Renames an organization or moves it below another one. Throws NOT_FOUND, INVALID for a place below itself. */
export async function updateOrganization(actor: TenantActor, raw: z.input<typeof UpdateOrganization>): Promise<void> {
  authorize(actor, "feed:manage");
  const input = UpdateOrganization.parse(raw);
  await asTenant(actor.institutionId, async (tx) => {
    // Moves of one institution come one after the other: two of them together could close a circle that neither sees.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('organizations'), ${actor.institutionId})`);
    const organization = await lockOrganization(tx, actor, input.organization);
    if (input.parent !== undefined && input.parent !== null)
      await refuseCircle(tx, actor, { child: organization.id, parent: input.parent });
    const change = {
      ...(input.name === undefined ? {} : { name: input.name }),
      ...(input.parent === undefined ? {} : { parentId: input.parent }),
    };
    if (Object.keys(change).length > 0) {
      await tx
        .update(organizations)
        .set(change)
        .where(and(eq(organizations.institutionId, actor.institutionId), eq(organizations.id, organization.id)));
    }
    await audit(tx, actor, {
      verb: "organization.update",
      subject: `organization ${organization.id}`,
      detail: { parent: input.parent ?? null, isRenamed: input.name !== undefined },
    });
  });
}

/** Takes an organization away to which nothing belongs. Throws CONFLICT, NOT_FOUND. */
export async function removeOrganization(actor: TenantActor, raw: z.input<typeof RemoveOrganization>): Promise<void> {
  authorize(actor, "feed:manage");
  const input = RemoveOrganization.parse(raw);
  await asTenant(actor.institutionId, async (tx) => {
    const { institutionId } = actor;
    const organization = await lockOrganization(tx, actor, input.organization);
    const ofIt = and(eq(organizationSchools.institutionId, institutionId), eq(organizationSchools.organizationId, organization.id));
    const below = and(eq(organizations.institutionId, institutionId), eq(organizations.parentId, organization.id));
    if ((await tx.$count(organizationSchools, ofIt)) + (await tx.$count(organizations, below)) > 0) {
      throw new AppError("CONFLICT", `${organization.name} still has schools or organizations below it; move those first`);
    }
    await tx.delete(organizations).where(and(eq(organizations.institutionId, institutionId), eq(organizations.id, organization.id)));
    await audit(tx, actor, { verb: "organization.remove", subject: `organization ${organization.id}` });
  });
}

/** Says to which organization a school of the rosters belongs. Throws NOT_FOUND for a school that Preview does not know. */
export async function mapSchool(actor: TenantActor, raw: z.input<typeof MapSchool>): Promise<void> {
  authorize(actor, "feed:manage");
  const input = MapSchool.parse(raw);
  await asTenant(actor.institutionId, async (tx) => {
    const { institutionId } = actor;
    const known = await knownOrgs(tx, await findEnvironment(tx, actor, "preview"));
    if (!known.some(({ key }) => key === input.school)) throw new AppError("NOT_FOUND", "There is no such school");
    if (input.organization === null) {
      await tx
        .delete(organizationSchools)
        .where(and(eq(organizationSchools.institutionId, institutionId), eq(organizationSchools.schoolKey, input.school)));
    } else {
      const { id: organizationId } = await lockOrganization(tx, actor, input.organization);
      await tx
        .insert(organizationSchools)
        .values({ institutionId, schoolKey: input.school, organizationId })
        .onConflictDoUpdate({ target: [organizationSchools.institutionId, organizationSchools.schoolKey], set: { organizationId } });
    }
    await audit(tx, actor, {
      verb: "organization.mapSchool",
      subject: `institution ${institutionId}`,
      detail: { organization: input.organization },
    });
  });
}

async function refuseCircle(tx: Transaction, actor: TenantActor, of: { child: number; parent: number }): Promise<void> {
  await lockOrganization(tx, actor, of.parent);
  const above = await read(
    tx,
    z.object({ id: z.number() }),
    sql`
      with recursive above as (
        select id, parent_id from organizations where institution_id = ${actor.institutionId} and id = ${of.parent}
        union
        select o.id, o.parent_id from organizations o join above a on o.institution_id = ${actor.institutionId} and o.id = a.parent_id)
      select id from above`,
  );
  if (above.some((one) => one.id === of.child)) throw new AppError("INVALID", "An organization cannot stand below itself");
}
