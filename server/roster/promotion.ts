import { z } from "zod";
import { ENTITIES } from "./entities";

/**
 * The road of a Preview snapshot to Production.
 * `draft`: nobody has confirmed yet. `confirmed`: the institution froze a snapshot and says that it is right. `requested`: the vendor
 * is asked. `changesAsked`: the vendor wants another round. `approved`: somebody else decided; the system applies. `applying`: it does.
 * `live`: Production holds the snapshot, the institution's last word is awaited; `confirmedLive`: it was given.
 * `rejected`, `superseded` (Preview moved), `expired` (nobody decided for 14 days), `rolledBack`: ended.
 */
export const PROMOTION_STATES = [
  "draft",
  "confirmed",
  "requested",
  "changesAsked",
  "approved",
  "rejected",
  "applying",
  "live",
  "confirmedLive",
  "rolledBack",
  "superseded",
  "expired",
] as const;
export type PromotionState = (typeof PROMOTION_STATES)[number];

/** Whose act a move is. */
export const PROMOTION_SIDES = ["institution", "staff", "system"] as const;
export type PromotionSide = (typeof PROMOTION_SIDES)[number];

/** Every legal move: who, from where, to where. The database holds the same table (db/migrations/0004_promotion.sql). */
export const PROMOTION_MOVES: Readonly<Record<PromotionSide, Partial<Record<PromotionState, readonly PromotionState[]>>>> = {
  institution: {
    draft: ["confirmed"],
    // A newer commit is confirmed in place of the older one.
    confirmed: ["confirmed", "requested", "draft"],
    // Taken back; or Preview is committed by hand, after a typed warning.
    requested: ["draft", "superseded"],
    changesAsked: ["confirmed", "draft"],
    live: ["confirmedLive"],
  },
  staff: { requested: ["changesAsked", "approved", "rejected"] },
  system: {
    // Preview moved before anybody was asked, or after.
    confirmed: ["draft"],
    requested: ["superseded", "expired"],
    // Back to people, when what was approved cannot be applied.
    approved: ["applying", "changesAsked"],
    applying: ["live", "changesAsked"],
    live: ["rolledBack"],
    confirmedLive: ["rolledBack"],
  },
};

export const mayMove = (side: PromotionSide, from: PromotionState, to: PromotionState): boolean =>
  PROMOTION_MOVES[side][from]?.includes(to) ?? false;

/** States from which an institution's promotion may still go on; it has at most one. */
export const OPEN_PROMOTION_STATES = ["draft", "confirmed", "requested", "changesAsked", "approved", "applying"] as const;

/** A request that nobody decided about expires after this many days. */
export const REQUEST_DAYS = 14;

const count = z.number().int();

/** One kind of record: how many are active in the snapshot and in Production, and what the promotion does to them. */
const PromotionLine = z.object({
  entity: z.enum(ENTITIES),
  /** People by role, orgs by being a school; `all` for every other entity. */
  part: z.string(),
  preview: count,
  production: count,
  archive: count,
  add: count,
  edit: count,
  reactivate: count,
  /** Records that Production never had and that come along archived, so that they return as the same ones. */
  along: count,
});
export type PromotionLine = z.infer<typeof PromotionLine>;

const PromotionChecks = z.object({
  /** Active people, and those of them with neither user name, e-mail nor identifier. */
  people: count,
  withoutSignIn: count,
  teachersWithoutEmail: count,
  /** E-mail addresses that more than one active person has. */
  sharedEmails: count,
  schoolsWithoutTeachers: count,
});
export type PromotionChecks = z.infer<typeof PromotionChecks>;

/** What was stored of them; null until they are computed. */
export const parseDifference = (stored: unknown): readonly PromotionLine[] | null => z.array(PromotionLine).nullable().parse(stored);
export const parseChecks = (stored: unknown): PromotionChecks | null => PromotionChecks.nullable().parse(stored);
