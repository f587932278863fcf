import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { digestOf, keyFor } from "@/server/secrets";

/** What a certificate says. People are in it as numbers that lead to nobody once the institution is gone. */
export const CertificateBody = z.object({
  kind: z.literal("Rollcall certificate of deletion"),
  id: z.string(),
  institution: z.object({ number: z.number(), slug: z.string(), name: z.string() }),
  askedAt: z.string(),
  askedBy: z.string(),
  approvedAt: z.string(),
  approvedBy: z.string(),
  dueAt: z.string(),
  begunAt: z.string(),
  finishedAt: z.string().nullable(),
  /** Rows of each table, sealed files, and accounts that belonged nowhere else, as they were before. */
  rows: z.record(z.string(), z.number()),
  files: z.number(),
  accounts: z.number(),
  /** Where the audit chain ended, and what the rosters were. */
  audit: z.object({ entries: z.number(), hash: z.string() }),
  rosters: z.record(z.string(), z.string()),
});
export type CertificateBody = z.infer<typeof CertificateBody>;

const File = z.object({ says: z.unknown(), signed: z.string(), signature: z.string(), publicKey: z.string() });

/** The signature (Ed25519) over these bytes by the deployment's own key. */
export const signCertificate = (body: string): string => sign(null, Buffer.from(body), privateKey()).toString("base64url");

/** The certificate as a file: what it says to read, and the bytes that are signed, with the key by which anybody can check them. */
export function certificateFile(of: { readonly body: string; readonly signature: string }): string {
  const publicKey = createPublicKey(privateKey()).export({ type: "spki", format: "pem" }).toString();
  return `${JSON.stringify({ says: JSON.parse(of.body), signed: of.body, signature: of.signature, publicKey }, null, 2)}\n`;
}

/** What a file certifies. A string says why it certifies nothing: it is no certificate, was changed, or is another deployment's. */
export function verifyCertificate(text: string): CertificateBody | string {
  const file = File.safeParse(json(text)).data;
  if (file === undefined) return "This is no certificate of deletion";
  const isOurs = verify(null, Buffer.from(file.signed), createPublicKey(privateKey()), Buffer.from(file.signature, "base64url"));
  if (!isOurs) return "This was not signed by this deployment, or was changed since";
  const body = CertificateBody.safeParse(json(file.signed)).data;
  if (body === undefined) return "What is signed is no certificate of deletion";
  return isDeepStrictEqual(file.says, json(file.signed)) ? body : "What it says is not what is signed";
}

/** What stands in the link to a certificate: whoever has it may read the certificate. */
export const certificateToken = (id: string): string => digestOf("certificate link", id);
export const certificateLinkDigest = (token: string): string => digestOf("certificate", token);

/** The wrapping of 32 secret bytes as an Ed25519 key (RFC 8410). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

const privateKey = (): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8, keyFor("certificate of deletion")]), format: "der", type: "pkcs8" });

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
