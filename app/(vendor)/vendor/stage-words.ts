import type { Outputs } from "@/app/_trpc/outputs";

export type Institution = Outputs["vendor"]["institutions"]["list"][number];
type Stage = Institution["stage"];
export type Blocked = NonNullable<Institution["blocked"]>;

const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  invited: "Invited",
  connecting: "Connecting",
  firstPreview: "First preview",
  reviewing: "Reviewing Preview",
  waitingForApproval: "Waiting for approval",
  live: "Live",
};
/** The stages in the order in which they are reached. */
export const STAGES = [
  "invited",
  "connecting",
  "firstPreview",
  "reviewing",
  "waitingForApproval",
  "live",
] as const satisfies readonly Stage[];
export const stageWord = (stage: Stage): string => STAGE_WORDS[stage];

/** The groups of the queue, the most urgent first. */
export const BLOCKED = [
  { kind: "waiting", word: "Waiting on us", about: "blocked until one of us acts", op: "wait" },
  { kind: "held", word: "Held over 24 h", about: "their data, their decision; offer help", op: "hold" },
  { kind: "failing", word: "Failing more than 2 runs", about: "run after run without one that went through", op: "bad" },
  { kind: "stalled", word: "Stalled set-up", about: "no step for 7 days or more", op: "wait" },
] as const satisfies readonly { kind: Blocked["kind"]; word: string; about: string; op: string }[];
