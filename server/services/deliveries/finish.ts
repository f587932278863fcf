import { createHash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { deliveries, deliveryFiles } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { failpoint } from "@/server/failpoint";
import { passwordFindings, storedFindings } from "@/server/intake/findings";
import { isZip, type KeptFile, type Unpacked, unpack } from "@/server/intake/unpack";
import { emit } from "@/server/jobs/events";
import { removeObject } from "@/server/objects";
import type { Issue } from "@/server/roster/issue";
import { type KeptFileRow, keptFileOf } from "./kept-file";
import { type SameContent, sameContent } from "./same-content";

export interface FinishedDelivery {
  readonly delivery: string;
  /** `refused`: the package cannot be read, and nothing of it was kept. */
  readonly state: "ready" | "refused";
  /** The run that had exactly these files before, of this feed. */
  readonly sameAs: SameContent | null;
  readonly files: readonly { name: string; bytes: number; emptied: KeptFile["emptied"] }[];
  readonly issues: readonly Issue[];
}

/**
 * Ends intake: a zip is unpacked through the scrubber and deleted, and the delivery becomes immutable. Safe to call again when
 * an earlier call died. Throws CONFLICT while a file is missing or once the delivery has ended.
 */
export async function finishDelivery(actor: TenantActor, input: { delivery: string }): Promise<FinishedDelivery> {
  authorize(actor, "delivery:create");
  const { institutionId } = actor;
  const delivery = z.uuid().parse(input.delivery);
  const arrived = await asTenant(institutionId, (tx) => arrivedFiles(tx, { institutionId, delivery }));
  const zips = arrived.filter((file) => isZip(file.name));
  const unpacked = await unpackAll(institutionId, zips);
  await failpoint("intake:unpacked");
  const files = [...arrived.filter((file) => !isZip(file.name)), ...unpacked.files];
  const issues = [...unpacked.issues, ...passwordFindings(files)];
  const state = unpacked.issues.some((issue) => issue.severity === "refusal") ? "refused" : "ready";
  const digest = contentDigest(files);
  const done = await asTenant(institutionId, async (tx) => {
    const ended = await tx
      .update(deliveries)
      .set({
        state,
        digest,
        bytes: files.reduce((sum, file) => sum + file.bytes, 0),
        issues: storedFindings(issues),
        finishedAt: new Date(),
      })
      .where(and(ofDelivery(institutionId, delivery), eq(deliveries.state, "open")))
      .returning({ feedId: deliveries.feedId });
    const [row] = ended;
    if (row === undefined) return null;
    await keepFiles(tx, { institutionId, delivery, files });
    await audit(tx, actor, { verb: "delivery.finish", subject: `delivery ${delivery}`, detail: { state, files: files.length } });
    if (state === "ready") await emit(tx, { name: "delivery/ready", data: { institutionId, deliveryId: delivery } });
    return { sameAs: state === "ready" ? await sameContent(tx, { institutionId, feedId: row.feedId, delivery, digest }) : null };
  });
  const unneeded = done === null ? unpacked.files : zips;
  for (const file of unneeded) await removeObject({ institutionId, key: file.objectKey });
  if (done === null) throw new AppError("CONFLICT", "This delivery has ended");
  return { delivery, state, sameAs: done.sameAs, files: files.map(({ name, bytes, emptied }) => ({ name, bytes, emptied })), issues };
}

const ofDelivery = (institutionId: number, delivery: string) =>
  and(eq(deliveries.institutionId, institutionId), eq(deliveries.id, delivery));

async function arrivedFiles(tx: Transaction, of: { institutionId: number; delivery: string }): Promise<KeptFileRow[]> {
  const [found] = await tx.select({ state: deliveries.state }).from(deliveries).where(ofDelivery(of.institutionId, of.delivery));
  if (found === undefined) throw new AppError("NOT_FOUND", "Delivery not found");
  if (found.state !== "open") throw new AppError("CONFLICT", "This delivery has ended");
  const rows = await tx
    .select()
    .from(deliveryFiles)
    .where(
      and(eq(deliveryFiles.institutionId, of.institutionId), eq(deliveryFiles.deliveryId, of.delivery), eq(deliveryFiles.role, "arriving")),
    );
  const missing = rows.filter((row) => row.finishedAt === null).map((row) => row.name);
  if (missing.length > 0) throw new AppError("CONFLICT", `Still waiting for ${missing.join(", ")}`, { data: { missing } });
  return rows.map(keptFileOf);
}

async function unpackAll(institutionId: number, zips: readonly KeptFile[]): Promise<Unpacked> {
  const [zip] = zips;
  return zip === undefined ? { issues: [], files: [] } : await unpack({ institutionId, name: zip.name, key: zip.objectKey });
}

/** Loose files are what arrived; of a zip what it held takes its place. */
async function keepFiles(tx: Transaction, of: { institutionId: number; delivery: string; files: readonly KeptFile[] }): Promise<void> {
  const { institutionId, delivery, files } = of;
  await tx
    .delete(deliveryFiles)
    .where(and(eq(deliveryFiles.institutionId, institutionId), eq(deliveryFiles.deliveryId, delivery), eq(deliveryFiles.role, "arriving")));
  if (files.length === 0) return;
  await tx
    .insert(deliveryFiles)
    .values(files.map((file) => ({ ...file, institutionId, deliveryId: delivery, role: "kept" as const, finishedAt: new Date() })));
}

/** One digest of a set of files, whatever their order and however they were packed. */
function contentDigest(files: readonly KeptFile[]): string {
  const lines = files.map((file) => `${file.name.toLowerCase()}\0${file.digest}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}
