import { type RunKind, type RunState, readsFiles, type Trigger } from "@/server/roster/run";

export const kindWord = (kind: RunKind): string => (kind === "full" ? "Full" : "Quick");

/** Whether somebody started a run, or it began by itself. */
export function typeWord(trigger: Trigger): string {
  switch (trigger) {
    case "person":
    case "command":
    case "undo":
    case "promotion":
      return "Manual";
    case "arrival":
    case "schedule":
    case "again":
      return "Automatic";
    default:
      return trigger satisfies never;
  }
}

/** What set a run going, in words that fit after "by". */
export function triggerWord(trigger: Trigger): string {
  switch (trigger) {
    case "person":
      return "a person";
    case "command":
      return "the command";
    case "arrival":
      return "files that arrived";
    case "schedule":
      return "schedule";
    case "again":
      return "Rollcall, prepared again";
    case "undo":
      return "a person, to undo a commit";
    case "promotion":
      return "a promotion";
    default:
      return trigger satisfies never;
  }
}

interface Outcome {
  state: RunState;
  trigger: Trigger;
  decidedBy: string | null;
  autoCommit: boolean;
}

/** How a run stands, after its number: "committed by J. Park"; one that no files led to says what it is. */
export function outcomeWords(run: Outcome): string {
  return readsFiles(run.trigger) ? standing(run) : `${run.trigger} ${standing(run)}`;
}

function standing(run: Outcome): string {
  const by = run.decidedBy ? ` by ${run.decidedBy}` : run.autoCommit ? " without review" : "";
  switch (run.state) {
    case "queued":
      return "waits to start";
    case "collecting":
    case "loading":
    case "checking":
    case "comparing":
      return "is being prepared";
    case "ready":
      return "waits for review";
    case "held":
      return "is held";
    case "committing":
      return "is being committed";
    case "committed":
      return `committed${by}`;
    case "discarded":
      return `discarded${run.decidedBy ? by : ""}`;
    case "superseded":
      return "superseded";
    case "setAside":
      return "set aside";
    case "expired":
      return "expired";
    case "failed":
      return "failed";
    case "ignored":
      return "found nothing new";
    default:
      return run.state satisfies never;
  }
}
