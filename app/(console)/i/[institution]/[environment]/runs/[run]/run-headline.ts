import { counted } from "@/app/_components/counting";
import { sumOf } from "@/app/_components/sums";
import type { Outputs } from "@/app/_trpc/outputs";
import { readsFiles } from "@/server/roster/run";

type Run = Outputs["runs"]["get"];

/** What is true of a run now, as a sentence after its number. */
export function headline(run: Run): string {
  return `Run ${run.number}: ${standing(run)}`;
}

function standing(run: Run): string {
  const n = sumOf(run.selection.on) + sumOf(run.selection.off);
  switch (run.state) {
    case "queued":
      return "waiting to start";
    case "collecting":
      if (!readsFiles(run.trigger)) return "comparing two states of the roster";
      return `collecting the files of ${run.feed.name}`;
    case "loading":
      return `reading the rows of ${run.feed.name}`;
    case "checking":
      return "checking the rows against each other";
    case "comparing":
      return "comparing the rows with the roster";
    case "ready":
      return n === 0 ? "nothing would change" : `${counted(n, "change is", "changes are")} ready to review`;
    case "held":
      return run.verdict?.reasons.length === 1 ? "held for one reason" : `held for ${counted(run.verdict?.reasons.length ?? 0, "reason")}`;
    case "committing":
      return "committing what was selected";
    case "committed":
      return sumOf(run.selection.on) === 0
        ? "committed, and nothing changed"
        : `${counted(sumOf(run.selection.on), "change was", "changes were")} committed`;
    case "discarded":
      return "discarded, and nothing was changed";
    case "superseded":
      return "superseded by a newer run";
    case "setAside":
      return "set aside, and prepared again later";
    case "expired":
      return "expired after waiting for two weeks";
    case "failed":
      return "failed, and nothing was changed";
    case "ignored":
      return "nothing new in these files";
    default:
      return run.state satisfies never;
  }
}
