import { createHmac } from "node:crypto";

/**
 * The login roles (ARCHITECTURE §5). `owner` runs migrations; `app` serves the web; `engine` runs syncs and durable steps;
 * `vendor` reads named tables without roster data for vendor staff. None of them bypasses row level security.
 */
export const DATABASE_ROLES = ["owner", "app", "engine", "vendor"] as const;
export type DatabaseRole = (typeof DATABASE_ROLES)[number];

export const roleName = (role: DatabaseRole): string => `rollcall_${role}`;

/** Each role's password, derived so that one kept secret serves a whole cluster and nothing else needs to be stored. */
export const rolePassword = (secret: string, role: DatabaseRole): string =>
  createHmac("sha256", secret).update(`database role ${role}`).digest("base64url");

/** The administrator's URL with the role's name and password in place of the administrator's. */
export function roleUrl(of: { url: string; secret: string; role: DatabaseRole }): string {
  const url = new URL(of.url);
  url.username = roleName(of.role);
  url.password = rolePassword(of.secret, of.role);
  return url.toString();
}
