import { and, desc, eq, isNotNull, sql } from "drizzle-orm";
import { z } from "zod";
import { deletionCertificates, deletionRequests } from "@/db/schema";
import { audit } from "@/server/audit";
import type { Actor } from "@/server/auth/actor";
import { isBroken } from "@/server/broken-rule";
import { asVendor, untenanted } from "@/server/database";
import { AppError } from "@/server/errors";
import { loadRenderer } from "@/server/notify/render";
import { findForStaff } from "@/server/services/vendor/find-for-staff";
import { CertificateBody, certificateFile, certificateLinkDigest, certificateToken } from "./certificate";
import { newestDeletion, stopDeletion, WAITING_DAYS } from "./deletion";
import { tellOwners } from "./deletion-mails";

const OfInstitution = z.object({ institution: z.string().min(1).max(63) });
export const GetDeletionForStaff = OfInstitution;
export const DecideDeletion = OfInstitution.extend({
  decision: z.enum(["approve", "reject", "cancel"]),
  note: z.string().trim().min(3, "Say why").max(500),
});

/** The newest request of an institution, for the vendor's people. Throws NOT_FOUND. */
export async function getDeletionForStaff(raw: z.input<typeof GetDeletionForStaff>) {
  const input = GetDeletionForStaff.parse(raw);
  return asVendor(async (tx) => newestDeletion(tx, (await findForStaff(tx, input.institution)).id));
}

/**
 * Agrees to a deletion, which then waits, says no, or stops one that waits; with a reason that the institution reads. Who agrees is
 * not who asked, by account: the database refuses it too. Throws NOT_FOUND, CONFLICT, FORBIDDEN.
 */
export async function decideDeletion(actor: Actor, raw: z.input<typeof DecideDeletion>): Promise<void> {
  const { institution: slug, decision, note } = DecideDeletion.parse(raw);
  await loadRenderer();
  await asVendor(async (tx) => {
    const { id: institutionId, name } = await findForStaff(tx, slug, { lock: true });
    if (decision === "cancel") await stopDeletion(tx, { institutionId, accountId: actor.accountId });
    else {
      const decided = await tx
        .update(deletionRequests)
        .set({
          state: decision === "approve" ? "approved" : "rejected",
          decidedBy: actor.accountId,
          decidedAt: sql`now()`,
          decisionNote: note,
          ...(decision === "approve" ? { dueAt: sql`now() + make_interval(days => ${WAITING_DAYS})` } : { endedAt: sql`now()` }),
        })
        .where(and(eq(deletionRequests.institutionId, institutionId), eq(deletionRequests.state, "requested")))
        .returning({ id: deletionRequests.id });
      if (decided.length === 0) throw new AppError("CONFLICT", "No deletion waits for a decision");
    }
    const { verb, ...words } = WORDS[decision](name);
    const by = { kind: "staff", accountId: actor.accountId, institutionId } as const;
    await audit(tx, by, { verb, subject: `institution ${institutionId}`, detail: { reason: note } });
    await tellOwners(tx, { institutionId, slug, name, ...words });
  }).catch((cause: unknown) => {
    if (isBroken("deletion_two_people", cause))
      throw new AppError("FORBIDDEN", "You asked for this yourself; somebody else decides", { cause });
    throw cause;
  });
}

const WORDS = {
  approve: (name: string) => ({
    verb: "deletion.approve",
    headline: `${name} will be deleted in ${WAITING_DAYS} days`,
    sentences: ["The vendor's staff agreed. Until then any owner can stop it; afterwards nothing of it can be brought back."],
  }),
  reject: (name: string) => ({
    verb: "deletion.reject",
    headline: `${name} will not be deleted`,
    sentences: ["The vendor's staff said no. Their reason stands on the page."],
  }),
  cancel: (name: string) => ({
    verb: "deletion.cancel",
    headline: `The deletion of ${name} was stopped`,
    sentences: ["The vendor's staff stopped it. Nothing was deleted."],
  }),
};

/** A certificate as pages show it. */
interface ShownCertificate {
  readonly token: string;
  readonly says: CertificateBody;
  readonly file: string;
}

/** Every institution that was deleted, the last one first. */
export async function listCertificates(): Promise<ShownCertificate[]> {
  const found = await asVendor((tx) =>
    tx
      .select()
      .from(deletionCertificates)
      .where(isNotNull(deletionCertificates.finishedAt))
      .orderBy(desc(deletionCertificates.finishedAt))
      .limit(200),
  );
  return found.flatMap(shown);
}

/** The certificate to which a link leads; null for any other link. */
export async function readCertificate(token: string): Promise<ShownCertificate | null> {
  const [found] = await untenanted((tx) =>
    tx
      .select()
      .from(deletionCertificates)
      .where(and(eq(deletionCertificates.linkDigest, certificateLinkDigest(token)), isNotNull(deletionCertificates.finishedAt))),
  );
  return (found === undefined ? [] : shown(found))[0] ?? null;
}

const shown = ({ id, body, signature }: typeof deletionCertificates.$inferSelect): ShownCertificate[] =>
  signature === null
    ? []
    : [{ token: certificateToken(id), says: CertificateBody.parse(JSON.parse(body)), file: certificateFile({ body, signature }) }];
