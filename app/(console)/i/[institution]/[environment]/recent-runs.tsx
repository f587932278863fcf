import Link from "next/link";
import { counted } from "@/app/_components/counting";
import { stateGlyph } from "@/app/_components/state-badge";
import { sumOf } from "@/app/_components/sums";
import { Timeline, TimelineEvent } from "@/app/_components/timeline";
import { OnDay } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { outcomeWords } from "./runs/run-words";

interface RecentRunsProps {
  base: string;
  zone: string;
  runs: readonly Outputs["runs"]["list"]["rows"][number][];
}

/** The last few runs, newest first. */
export function RecentRuns({ base, zone, runs }: RecentRunsProps) {
  if (runs.length === 0) return null;
  return (
    <section aria-labelledby="recent">
      <header>
        <h2 id="recent">Recent runs</h2>
        <Link className="push hit2" href={`${base}/runs`}>
          All runs
        </Link>
      </header>
      <Timeline>
        {runs.map((run) => (
          <TimelineEvent
            key={run.number}
            when={<OnDay at={run.createdAt} zone={zone} />}
            mark={run.state === "held" ? { op: "hold" } : { glyph: stateGlyph(run.state) }}
            sub={sumOf(run.changes) === 0 ? (run.reason ?? "Nothing to change") : counted(sumOf(run.changes), "change")}
          >
            <Link href={`${base}/runs/${run.number}`}>Run {run.number}</Link> {outcomeWords(run)}
          </TimelineEvent>
        ))}
      </Timeline>
    </section>
  );
}
