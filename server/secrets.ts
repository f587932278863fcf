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
export const keyFor = (purpose: string): Buffer => Buffer.from(hkdfSync("sha256", deploymentSecret(), "rollcall", purpose, 32));

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

/** Opens what `sealText` sealed for this purpose. Throws for anything else. */
export function openText(purpose: string, sealed: string): string {
  const bytes = Buffer.from(sealed, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", keyFor(purpose), bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString("utf8");
}
