import { and, asc, eq } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { institutions, organizationModes, organizationSchools, organizations } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { type LabelWords, wordsOf } from "@/server/roster/labels";
import { findEnvironment } from "@/server/services/runs/place";
import { type KnownOrg, knownOrgs } from "./known-orgs";

/** The one school of a single-school portal, or many schools that are organizations. */
export interface PortalMode {
  readonly mode: "single" | "multi";
  /** Null: every school. */
  readonly schoolKey: string | null;
}

export interface Mapping extends PortalMode {
  readonly words: LabelWords;
  readonly organizations: readonly { readonly id: number; readonly name: string; readonly parentId: number | null }[];
  /** Every org that Preview knows, with the organization that it belongs to; null: none yet. */
  readonly schools: readonly (KnownOrg & { readonly organizationId: number | null })[];
}

/** How the schools of the rosters are the institution's organizations, and what its things are called. */
export async function getMapping(actor: TenantActor): Promise<Mapping> {
  authorize(actor, "institution:read");
  return asTenant(actor.institutionId, async (tx) => {
    const preview = await findEnvironment(tx, actor, "preview");
    const made = await tx
      .select({ id: organizations.id, name: organizations.name, parentId: organizations.parentId })
      .from(organizations)
      .where(eq(organizations.institutionId, actor.institutionId))
      .orderBy(asc(organizations.name), asc(organizations.id));
    const mapped = await tx.select().from(organizationSchools).where(eq(organizationSchools.institutionId, actor.institutionId));
    const organizationOf = new Map(mapped.map((row) => [row.schoolKey, row.organizationId]));
    const schools = await knownOrgs(tx, preview);
    return {
      ...(await portalMode(tx, actor)),
      words: await labelWords(tx, actor),
      organizations: made,
      schools: schools.map((school) => ({ ...school, organizationId: organizationOf.get(school.key) ?? null })),
    };
  });
}

export async function portalMode(tx: Transaction, actor: Pick<TenantActor, "institutionId">): Promise<PortalMode> {
  const [found] = await tx.select().from(organizationModes).where(eq(organizationModes.institutionId, actor.institutionId));
  return { mode: found?.mode ?? "multi", schoolKey: found?.schoolKey ?? null };
}

/** The schools that a run is over where nobody chose any: the one of a single-school portal, else null for all. */
export async function usualSchools(tx: Transaction, actor: Pick<TenantActor, "institutionId">): Promise<string[] | null> {
  const { schoolKey } = await portalMode(tx, actor);
  return schoolKey === null ? null : [schoolKey];
}

async function labelWords(tx: Transaction, actor: TenantActor): Promise<LabelWords> {
  const [found] = await tx.select({ labels: institutions.labels }).from(institutions).where(eq(institutions.id, actor.institutionId));
  return wordsOf(
    z
      .record(z.string(), z.string())
      .catch({})
      .parse(found?.labels ?? {}),
  );
}

/** The organization's row, held until the transaction ends. Throws NOT_FOUND. */
export async function lockOrganization(tx: Transaction, actor: TenantActor, id: number) {
  const [found] = await tx
    .select()
    .from(organizations)
    .where(and(eq(organizations.institutionId, actor.institutionId), eq(organizations.id, id)))
    .for("update");
  if (found === undefined) throw new AppError("NOT_FOUND", "There is no such organization");
  return found;
}
