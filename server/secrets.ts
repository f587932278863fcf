import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataFolder } from "@/db/embedded";
import { env } from "./env";

/** Where this process keeps what is not in the database. */
export const dataPlace = (): string => env.ROLLCALL_DATA ?? dataFolder(process.cwd());

/** The deployment's secret: from the environment, else made on first start and kept in the data folder, readable by its owner alone. */
export function deploymentSecret(): string {
  if (env.ROLLCALL_SECRET !== undefined) return env.ROLLCALL_SECRET;
  const file = join(dataPlace(), "secret");
  if (!existsSync(file)) {
    mkdirSync(dataPlace(), { recursive: true });
    try {
      writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
    } catch (cause) {
      if (!existsSync(file)) throw cause;
    }
  }
  return readFileSync(file, "utf8").trim();
}

/** A 32-byte key for one purpose (`session`, `delivery:17`), derived so that no two purposes share one. */
export const keyFor = (purpose: string): Buffer => keyUnder(deploymentSecret(), purpose);

/** The same under the secret before this one, for opening what was sealed then; null: there is none. */
export const previousKeyFor = (purpose: string): Buffer | null =>
  env.ROLLCALL_PREVIOUS_SECRET === undefined ? null : keyUnder(env.ROLLCALL_PREVIOUS_SECRET, purpose);

const keyUnder = (secret: string, purpose: string): Buffer => Buffer.from(hkdfSync("sha256", secret, "rollcall", purpose, 32));

/** A one-way digest of a token or code, for comparing without keeping it. */
export const digestOf = (purpose: string, value: string): string => createHmac("sha256", keyFor(purpose)).update(value).digest("base64url");

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals a short secret for one purpose (AES-256-GCM); it opens only for the same purpose, which names the row that holds it. */
export function sealText(purpose: string, plain: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyFor(purpose), nonce);
  return Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64url");
}

/** Opens what `sealText` sealed for this purpose, under this secret or the one before. Throws for anything else. */
export function openText(purpose: string, sealed: string): string {
  const previous = previousKeyFor(purpose);
  return previous !== null && sealedUnder(purpose, sealed) === "previous" ? opened(previous, sealed) : opened(keyFor(purpose), sealed);
}

/** Under which secret something is sealed; `neither`: it cannot be opened any more. */
export type SealedUnder = "current" | "previous" | "neither";

/** Under which secret a text is sealed for this purpose. */
export function sealedUnder(purpose: string, sealed: string): SealedUnder {
  if (opens(keyFor(purpose), sealed)) return "current";
  const previous = previousKeyFor(purpose);
  return previous !== null && opens(previous, sealed) ? "previous" : "neither";
}

function opens(key: Buffer, sealed: string): boolean {
  try {
    opened(key, sealed);
    return true;
  } catch {
    return false;
  }
}

function opened(key: Buffer, sealed: string): string {
  const bytes = Buffer.from(sealed, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString("utf8");
}
