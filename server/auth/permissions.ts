/** Who may do what: the one table. Every procedure names a permission; nothing else decides. */

export const ROLES = ["owner", "admin", "reviewer", "viewer"] as const;
/** A member's role in one institution. */
export type Role = (typeof ROLES)[number];

export const STAFF_ROLES = ["admin", "approver", "support"] as const;
/** The role of an account of the vendor. */
export type StaffRole = (typeof STAFF_ROLES)[number];

const reading = ["institution:read", "run:read", "roster:read", "issue:read"] as const;
const reviewing = [...reading, "run:choose", "run:commit", "run:discard"] as const;
const administering = [
  ...reviewing,
  "run:start",
  "run:override",
  "delivery:create",
  "feed:manage",
  "promotion:request",
  "audit:read",
  "data:read",
] as const;
const owning = [...administering, "member:manage", "data:manage"] as const;

/** What may be done inside one institution. */
export type Permission = (typeof owning)[number];
/** What vendor staff may do across institutions; none of it shows a roster. */
export type StaffPermission =
  | "vendor:read"
  | "institution:care"
  | "limit:set"
  | "job:read"
  | "job:act"
  | "institution:create"
  | "institution:view"
  | "institution:delete"
  | "promotion:decide"
  | "staff:manage";

const roles: Record<Role, readonly Permission[]> = { viewer: reading, reviewer: reviewing, admin: administering, owner: owning };
const staffRoles: Record<StaffRole, readonly StaffPermission[]> = {
  support: ["vendor:read", "institution:care", "institution:view", "job:read"],
  approver: ["vendor:read", "institution:care", "institution:view", "promotion:decide", "job:read"],
  admin: [
    "vendor:read",
    "institution:care",
    "institution:view",
    "promotion:decide",
    "limit:set",
    "job:read",
    "job:act",
    "institution:create",
    "institution:delete",
    "staff:manage",
  ],
};

export const permissionsOf = (role: Role): readonly Permission[] => roles[role];
export const roleCan = (role: Role, permission: Permission): boolean => roles[role].includes(permission);
export const staffCan = (role: StaffRole, permission: StaffPermission): boolean => staffRoles[role].includes(permission);

/** Whether somebody in one role may hand out another: nobody gives what they have not (T21). */
export const mayGive = (own: Role, given: Role): boolean => ROLES.indexOf(given) >= ROLES.indexOf(own);

/** The roles that hold a permission, for choosing whom to tell. */
export const rolesWith = (permission: Permission): readonly Role[] => ROLES.filter((role) => roleCan(role, permission));
export const staffRolesWith = (permission: StaffPermission): readonly StaffRole[] =>
  STAFF_ROLES.filter((role) => staffCan(role, permission));
