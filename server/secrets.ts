import { createHmac, hkdfSync, randomBytes } from "node:crypto";
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
