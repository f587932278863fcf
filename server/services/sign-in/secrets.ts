import { randomBytes, randomInt } from "node:crypto";
import { digestOf } from "@/server/secrets";

/** How long a link and its code live (ASVS 6.5.5). */
export const LIFE_MINUTES = 10;

/** Without the letters and digits that are taken for others. */
const LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH = 8;

export const newToken = (): string => randomBytes(32).toString("base64url");
export const newCode = (): string => Array.from({ length: CODE_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("");

export const linkDigestOf = (token: string): string => digestOf("sign-in link", token);
export const browserDigestOf = (nonce: string): string => digestOf("sign-in browser", nonce);

/** A code is only a code of the request that it was sent for. Any case, and spaces and hyphens are of no meaning. */
export const codeDigestOf = (nonce: string, code: string): string =>
  digestOf("sign-in code", `${nonce}:${code.toUpperCase().replace(/[\s-]/g, "")}`);
