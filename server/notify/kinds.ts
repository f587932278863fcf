import { type Permission, type Role, roleCan, rolesWith } from "@/server/auth/permissions";

interface Kind {
  readonly label: string;
  /** What it tells, in a sentence. */
  readonly help: string;
  /** Who may get it: whoever can do something about it. */
  readonly permission: Permission;
  /** Roles that get it unless they chose otherwise. */
  readonly usual: readonly Role[];
  /** Roles that cannot choose otherwise: somebody has to hear of it. */
  readonly always: readonly Role[];
}

/** Every kind of mail that a member may get, once: who may, who does by default, who must (SCREENS A6). */
export const NOTIFICATION_KINDS = {
  ready: {
    label: "A plan is ready",
    help: "A run was prepared and waits for your review.",
    permission: "run:commit",
    usual: rolesWith("run:commit"),
    always: [],
  },
  held: {
    label: "A plan is held",
    help: "A run would change so much, or so oddly, that somebody has to look.",
    permission: "run:commit",
    usual: rolesWith("run:commit"),
    always: [],
  },
  committed: {
    label: "A commit succeeded",
    help: "Changes were written to a roster.",
    permission: "run:commit",
    usual: rolesWith("run:commit"),
    always: [],
  },
  failed: {
    label: "A run failed",
    help: "A run ended without a plan, and nothing changed.",
    permission: "run:start",
    usual: rolesWith("run:start"),
    always: ["owner"],
  },
  expired: {
    label: "A plan expired",
    help: "Nobody decided about a plan within two weeks.",
    permission: "run:commit",
    usual: rolesWith("run:start"),
    always: [],
  },
  promotion: {
    label: "Steps of a promotion",
    help: "The vendor asked for changes, approved or rejected; Production is live or was rolled back; a request ended.",
    permission: "promotion:request",
    usual: rolesWith("promotion:request"),
    always: [],
  },
  comment: {
    label: "Comments on a promotion",
    help: "The vendor wrote to you.",
    permission: "promotion:request",
    usual: rolesWith("promotion:request"),
    always: [],
  },
  handOff: {
    label: "Files came by a link",
    help: "A colleague to whom a step was handed on has sent the files.",
    permission: "feed:manage",
    usual: rolesWith("feed:manage"),
    always: [],
  },
  member: {
    label: "Somebody joined",
    help: "An invitation was accepted.",
    permission: "member:manage",
    usual: rolesWith("member:manage"),
    always: [],
  },
  welcome: {
    label: "Welcome mails are held",
    help: "A commit makes so many welcome mails due, or such odd ones, that nothing is sent until somebody has looked.",
    permission: "run:override",
    usual: rolesWith("run:override"),
    always: [],
  },
} as const satisfies Record<string, Kind>;

export type NotificationKind = keyof typeof NOTIFICATION_KINDS;

/** `Object.keys` forgets the keys' type; those of a constant table are exactly these. */
export const notificationKinds = (): NotificationKind[] => Object.keys(NOTIFICATION_KINDS) as NotificationKind[];

const kindOf = (kind: NotificationKind): Kind => NOTIFICATION_KINDS[kind];

/** Whether somebody in that role may get mails of the kind at all. */
export const mayGet = (kind: NotificationKind, role: Role): boolean => roleCan(role, kindOf(kind).permission);
/** Whether the role gets them whatever its member chooses. */
export const mustGet = (kind: NotificationKind, role: Role): boolean => kindOf(kind).always.includes(role);
/** Whether a member gets them, by what they chose (null: nothing) and their role. */
export const gets = (kind: NotificationKind, of: { role: Role; chosen: boolean | null }): boolean =>
  mayGet(kind, of.role) && (mustGet(kind, of.role) || (of.chosen ?? kindOf(kind).usual.includes(of.role)));
