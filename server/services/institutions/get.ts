import { and, asc, eq } from "drizzle-orm";
import { z } from "zod";
import { deletionRequests, environments, feeds, institutions, promotions } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { permissionsOf } from "@/server/auth/permissions";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { findSource, SOURCES } from "@/server/sources";

const Labels = z.record(z.string(), z.string()).catch({});
const Counts = z.record(z.string(), z.number()).catch({});

/** An institution as its console needs it: what it is called, what the reader may do, its environments and feeds. */
export async function getInstitution(actor: TenantActor) {
  authorize(actor, "institution:read");
  return asTenant(actor.institutionId, async (tx) => {
    const [institution] = await tx
      .select({
        slug: institutions.slug,
        name: institutions.name,
        timeZone: institutions.timeZone,
        helpContact: institutions.helpContact,
        labels: institutions.labels,
      })
      .from(institutions)
      .where(eq(institutions.id, actor.institutionId));
    if (institution === undefined) throw new AppError("NOT_FOUND", "There is no such institution");
    const ofEnvironments = await tx
      .select({
        name: environments.name,
        headSeq: environments.headSeq,
        committedAt: environments.committedAt,
        counts: environments.counts,
        automaticAt: environments.automaticAt,
        pausedAt: environments.pausedAt,
        pausedReason: environments.pausedReason,
      })
      .from(environments)
      .where(eq(environments.institutionId, actor.institutionId))
      .orderBy(asc(environments.name));
    const ofFeeds = await tx
      .select({ id: feeds.id, name: feeds.name, source: feeds.source, disabledAt: feeds.disabledAt })
      .from(feeds)
      .where(eq(feeds.institutionId, actor.institutionId))
      .orderBy(asc(feeds.name));
    const [request] = await tx
      .select({ number: promotions.number, expiresAt: promotions.expiresAt })
      .from(promotions)
      .where(and(eq(promotions.institutionId, actor.institutionId), eq(promotions.state, "requested")));
    const [deletion] = await tx
      .select({ dueAt: deletionRequests.dueAt })
      .from(deletionRequests)
      .where(and(eq(deletionRequests.institutionId, actor.institutionId), eq(deletionRequests.state, "approved")));
    return {
      ...institution,
      /** The promotion about which the vendor has not decided yet: Preview commits nothing by itself meanwhile. */
      request: request ?? null,
      /** When everything of it will be deleted, where that was agreed to and can still be stopped. */
      deletionDueAt: deletion?.dueAt ?? null,
      labels: Labels.parse(institution.labels),
      role: actor.role,
      permissions: permissionsOf(actor.role),
      environments: ofEnvironments.map((environment) => ({ ...environment, counts: Counts.parse(environment.counts) })),
      feeds: ofFeeds
        .filter((feed) => feed.disabledAt === null)
        .map(({ id, name, source }) => ({ id, name, source, label: findSource(source)?.label ?? source })),
      switchedOff: ofFeeds.filter((feed) => feed.disabledAt !== null).map(({ id, name }) => ({ id, name })),
      /** What a new feed can be, the usual one first. */
      sources: SOURCES.map(({ key, label }) => ({ key, label })),
    };
  });
}
