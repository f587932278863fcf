import Link from "next/link";
import { counted } from "@/app/_components/counting";
import { stateGlyph } from "@/app/_components/state-badge";
import { sumOf } from "@/app/_components/sums";
import { Timeline, TimelineEvent } from "@/app/_components/timeline";
import { OnDay } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { outcomeWords } from "./runs/run-words";

type RunLine = Outputs["runs"]["list"]["rows"][number];

interface RecentRunsProps {
  base: string;
  zone: string;
  runs: readonly RunLine[];
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
            sub={remark(run)}
          >
            <Link href={`${base}/runs/${run.number}`}>Run {run.number}</Link> {outcomeWords(run)}
          </TimelineEvent>
        ))}
      </Timeline>
    </section>
  );
}

/** How much a run is about; nothing while it is not known yet. */
function remark(run: RunLine): string | null {
  const n = sumOf(run.changes);
  if (n > 0) return counted(n, "change");
  if (run.reason) return run.reason;
  return run.state === "ready" || run.state === "committed" ? "Nothing to change" : null;
}
