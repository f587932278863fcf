import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { asEngine } from "@/server/database";
import { type CertificateBody, certificateLinkDigest, certificateToken, signCertificate } from "@/server/services/data/certificate";
import type { Picture } from "./gallery";

/** The certificate of an institution that was deleted two weeks after somebody asked. */
export async function dataPictures(): Promise<Picture[]> {
  const id = randomUUID();
  const body = JSON.stringify({
    kind: "Rollcall certificate of deletion",
    id,
    institution: { number: 9_001, slug: "elm-park", name: "Elm Park Community College" },
    askedAt: "2026-10-01T09:12:00.000Z",
    askedBy: "an owner, account 12",
    approvedAt: "2026-10-02T14:40:00.000Z",
    approvedBy: "an admin of the vendor's staff, account 3",
    dueAt: "2026-10-16T14:40:00.000Z",
    begunAt: "2026-10-16T15:37:00.000Z",
    finishedAt: "2026-10-16T15:39:00.000Z",
    rows: { audit: 412, deliveries: 31, enrollment_versions: 48_210, runs: 33, user_versions: 9_204 },
    files: 93,
    accounts: 4,
    audit: { entries: 412, hash: "9f".repeat(32) },
    rosters: { preview: "users 9204 1", production: "users 9204 1" },
  } satisfies CertificateBody);
  const token = certificateToken(id);
  await asEngine(9_001, (tx) =>
    tx.execute(sql`
      insert into deletion_certificates (id, institution, audit_seq, audit_hash, body, signature, link_digest, finished_at)
      values (${id}, 9001, 412, ${"9f".repeat(32)}, ${body}, ${signCertificate(body)}, ${certificateLinkDigest(token)}, now())`),
  );
  return [{ name: "certificate", file: "certificate/[token]/page.tsx", path: `/certificate/${token}`, viewer: "nobody" }];
}
