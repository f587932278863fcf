import { LinkButton } from "@/app/_components/button";
import { CommitBar } from "@/app/_components/commit-bar";
import { counted } from "@/app/_components/counting";
import { sumOf } from "@/app/_components/sums";
import type { Outputs } from "@/app/_trpc/outputs";
import { readsFiles } from "@/server/roster/run";
import type { Console } from "../../_console";
import { CommitPanel } from "./commit-panel";
import { DiscardButton } from "./discard-button";
import { commitWords, leftOutWords } from "./left-out-words";

interface ReportCommitBarProps {
  here: Console;
  run: Outputs["runs"]["get"];
  report: string;
}

/** The foot of a report whose plan waits. A run that has ended has none. */
export function ReportCommitBar({ here, run, report }: ReportCommitBarProps) {
  if (run.state !== "ready" && run.state !== "held") return null;
  const { place, institution, can } = here;
  const n = sumOf(run.selection.on);
  const canCommit = can("run:commit") && run.next.canCommit;
  return (
    <CommitBar
      environment={place.environment}
      says={
        <b>
          {run.state === "held" && !run.next.canCommit
            ? "Nothing will be written while this run is held."
            : `${commitWords(run.selection)} when you say so.`}
        </b>
      }
      sub={
        can("run:commit")
          ? run.next.canCommit
            ? leftOutWords(run.selection)
            : run.state === "held"
              ? readsFiles(run.trigger)
                ? "Take one of the ways out above, or send corrected files: a newer complete run replaces this one."
                : "Take one of the ways out above, or discard it."
              : run.next.whyNot
          : "Your role lets you look; a reviewer or admin commits."
      }
    >
      {can("run:discard") ? <DiscardButton place={place} number={run.number} look="plain" /> : null}
      <LinkButton href={`${report}/actions`}>Review {counted(n + sumOf(run.selection.off), "change")}</LinkButton>
      {can("run:commit") ? (
        <CommitPanel
          place={place}
          institutionName={institution.name}
          number={run.number}
          selection={run.selection}
          next={{ canCommit, whyNot: run.next.whyNot }}
        />
      ) : null}
    </CommitBar>
  );
}
