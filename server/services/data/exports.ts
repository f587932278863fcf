import { and, desc, eq, gt, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import { institutionExports } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import type { Download } from "@/server/downloads/answer-download";
import { AppError } from "@/server/errors";
import { emit } from "@/server/jobs/events";
import { openSealed } from "@/server/objects";
import { namesOf } from "@/server/services/runs/people";

/** How long the file can be fetched. */
export const EXPORT_DAYS = 7;
const LISTED = 5;

/** Asks for everything of the institution as one file. One at a time: a second press finds the first. */
export async function requestExport(actor: TenantActor): Promise<{ id: string }> {
  authorize(actor, "data:manage");
  const { institutionId } = actor;
  return asTenant(institutionId, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('export'), ${institutionId})`);
    const [open] = await tx
      .select({ id: institutionExports.id })
      .from(institutionExports)
      .where(and(eq(institutionExports.institutionId, institutionId), inArray(institutionExports.state, ["queued", "working"])));
    if (open !== undefined) return open;
    const [made] = await tx
      .insert(institutionExports)
      .values({ institutionId, state: "queued", requestedBy: actor.accountId })
      .returning({ id: institutionExports.id });
    if (made === undefined) throw new Error("An export was not made");
    await audit(tx, actor, { verb: "export.request", subject: `export ${made.id}` });
    await emit(tx, { name: "export/requested", data: { institutionId, exportId: made.id } });
    return made;
  });
}

/** The last exports; where the files lie is nobody's. */
export async function listExports(actor: TenantActor) {
  authorize(actor, "data:manage");
  return asTenant(actor.institutionId, async (tx) => {
    const found = await tx
      .select({
        id: institutionExports.id,
        state: institutionExports.state,
        /** Why it could not be written. */
        reason: institutionExports.reason,
        requestedBy: institutionExports.requestedBy,
        requestedAt: institutionExports.requestedAt,
        bytes: institutionExports.bytes,
        expiresAt: institutionExports.expiresAt,
        canFetch: sql<boolean>`${institutionExports.state} = 'ready' and ${institutionExports.expiresAt} > now()`,
      })
      .from(institutionExports)
      .where(eq(institutionExports.institutionId, actor.institutionId))
      .orderBy(desc(institutionExports.requestedAt))
      .limit(LISTED);
    const nameOf = await namesOf(
      tx,
      found.map(({ requestedBy }) => requestedBy),
    );
    return found.map(({ requestedBy, ...each }) => ({ ...each, by: nameOf(requestedBy) }));
  });
}

/** Opens the file for an owner, and says so in the audit. Throws NOT_FOUND for one that is not, or no longer, there. */
export async function fetchExport(actor: TenantActor, id: string): Promise<Download> {
  authorize(actor, "data:manage");
  if (!z.uuid().safeParse(id).success) throw new AppError("NOT_FOUND", "There is no such export");
  const { institutionId } = actor;
  const key = await asTenant(institutionId, async (tx) => {
    const [found] = await tx
      .select({ key: institutionExports.objectKey })
      .from(institutionExports)
      .where(
        and(
          eq(institutionExports.institutionId, institutionId),
          eq(institutionExports.id, id),
          eq(institutionExports.state, "ready"),
          gt(institutionExports.expiresAt, sql`now()`),
        ),
      );
    if (found?.key == null) throw new AppError("NOT_FOUND", "There is no such export");
    await audit(tx, actor, { verb: "export.fetch", subject: `export ${id}` });
    return found.key;
  });
  const object = await openSealed({ institutionId, key });
  return { fileName: `${actor.institution.slug}.zip`, type: "application/zip", bytes: object.bytes, content: object.read() };
}
