import type { BlockingRun, Standing } from "./standing";

const BLOCKED_KINDS = ["waiting", "held", "failing", "stalled"] as const;
/**
 * Why an institution stands in the queue, the most urgent first.
 * `waiting`: one of the vendor must act. `held`: a plan is held for more than a day. `failing`: more than two runs in a row
 * failed. `stalled`: it is not live, and nobody of it did anything for a week.
 */
type BlockedKind = (typeof BLOCKED_KINDS)[number];

export interface Blocked {
  readonly kind: BlockedKind;
  readonly since: Date;
  /** Where it shows; null where it is about no environment. */
  readonly environment: "preview" | "production" | null;
  /** The run to look at. */
  readonly run: number | null;
  /** The promotion to decide about. */
  readonly promotion: string | null;
  /** What blocks, without a word out of a roster. */
  readonly text: string;
  /** Failed runs in a row; nought for the other kinds. */
  readonly runs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const HELD_AFTER_MS = DAY_MS;
const FAILED_IN_A_ROW = 3;
const STALLED_AFTER_MS = 7 * DAY_MS;

/** The first reason for which somebody of the vendor should look at an institution, or null: nothing blocks it. */
export function blockedBy(standing: Standing, now: Date): Blocked | null {
  const { request, held, failing } = standing;
  if (request !== null) {
    const text = request.round > 1 ? `Asks for Production, round ${request.round}` : "Asks for Production";
    return { kind: "waiting", since: request.at, environment: "production", run: null, promotion: request.id, text, runs: 0 };
  }
  const longHeld = held.find((one) => now.getTime() - one.at.getTime() > HELD_AFTER_MS);
  if (longHeld !== undefined) return { kind: "held", since: longHeld.at, ...whereOf(longHeld), runs: 0 };
  const failed = failing.find((one) => one.runs >= FAILED_IN_A_ROW);
  if (failed !== undefined) return { kind: "failing", since: failed.at, ...whereOf(failed), runs: failed.runs };
  if (standing.stage !== "live" && now.getTime() - standing.steppedAt.getTime() > STALLED_AFTER_MS) {
    return {
      kind: "stalled",
      since: standing.steppedAt,
      environment: null,
      run: null,
      promotion: null,
      text: stalledText(standing),
      runs: 0,
    };
  }
  return null;
}

const whereOf = ({ environment, run, text }: BlockingRun) => ({ environment, run, text, promotion: null });

function stalledText({ stage, committedAt }: Standing): string {
  switch (stage) {
    case "invited":
      return "Nobody has come in since the invitation";
    case "connecting":
      return "Nothing has been sent yet";
    case "firstPreview":
      return "Files arrived, and no plan was prepared";
    case "reviewing":
      return committedAt === null
        ? "A plan is there, and nobody has committed it"
        : "Preview is committed, and nobody asked for Production";
    case "waitingForApproval":
    case "live":
      return "";
    default:
      return stage satisfies never;
  }
}
