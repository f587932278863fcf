import type { ErrorCode } from "@/server/errors";

/** The things of one institution that an input may name. */
export interface Ids {
  readonly institution: string;
  readonly feed: number;
  /** Arrived, and in the plan that waits. */
  readonly readyDelivery: string;
  /** Begun, with no file announced that did not come. */
  readonly openDelivery: string;
  /** In Preview: committed, and a plan that waits with selection version 1. */
  readonly committedRun: number;
  readonly readyRun: number;
  /** In Production: held for 2 of 2 people archived, and one that is not yet prepared. */
  readonly heldRun: number;
  readonly queuedRun: number;
  readonly school: string;
  readonly student: string;
  readonly class: string;
  /** The account of a member who is a viewer, and an invitation that is open. */
  readonly member: number;
  readonly invitation: string;
  /** An organization to which nothing belongs. */
  readonly organization: number;
  /** A session of the owner. */
  readonly session: string;
  /** A link to one step, that waits, and what the colleague who got it holds; the open delivery was begun with it. */
  readonly handOff: string;
  readonly handOffToken: string;
  /** A promotion that waits for the vendor, and one that is live. */
  readonly promotion: string;
  readonly livePromotion: number;
  /** A run of a function about this institution, that failed. */
  readonly job: string;
}

/** How the matrix calls one procedure. Every procedure has one; a missing one fails. */
export interface Fixture {
  /** A valid input about these things. `institution` is added where the procedure's scope is one. */
  readonly input?: (of: Ids) => Record<string, unknown>;
  /** What the owner gets when it is not success. */
  readonly own?: ErrorCode;
  /** Entries that one success of a changing procedure writes to the audit of the institution; one unless said here. */
  readonly audits?: number;
}

/** By path: `runs.list`. */
export type Fixtures = Readonly<Record<string, Fixture>>;
