import { Secret, TOTP } from "otpauth";

const PERIOD_MS = 30_000;
const ISSUER = "Rollcall";
/** A code of the step before or after counts too, since phones and servers do not agree to the second. */
const STEPS_ASIDE = 1;

/** A new secret of 160 bits, in the letters that an app takes. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32;

/** What an app reads out of the drawn code (the key URI of RFC 6238's apps). */
export const totpUri = (secret: string, label: string): string => totpOf(secret, label).toString();

/** The code that an app with this secret shows at that moment. */
export const totpCode = (secret: string, at: Date): string => totpOf(secret).generate({ timestamp: at.getTime() });

/** The time step to which a code belongs, or null for a wrong one. A step is taken once, so that a code that was seen is of no use. */
export function totpStep(secret: string, code: string, now: Date): number | null {
  const delta = totpOf(secret).validate({ token: code.replace(/\s/g, ""), timestamp: now.getTime(), window: STEPS_ASIDE });
  return delta === null ? null : Math.floor(now.getTime() / PERIOD_MS) + delta;
}

const totpOf = (secret: string, label?: string): TOTP =>
  new TOTP({ issuer: ISSUER, ...(label === undefined ? {} : { label }), algorithm: "SHA1", digits: 6, period: PERIOD_MS / 1000, secret });
