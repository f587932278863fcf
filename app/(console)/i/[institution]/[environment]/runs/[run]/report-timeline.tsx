import type { GlyphName } from "@/app/_components/glyph";
import type { OpKind } from "@/app/_components/op";
import { Timeline, TimelineEvent } from "@/app/_components/timeline";
import { ToTheSecond } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";

type Run = Outputs["runs"]["get"];

/** What happened to a run, in order. */
export function ReportTimeline({ run, zone }: { run: Run; zone: string }) {
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline" className="section-head">
        Timeline
      </h2>
      <Timeline times="seconds">
        {inOrder(run.timeline).map((event) => (
          <TimelineEvent
            key={`${event.at.getTime()}${event.text}`}
            when={<ToTheSecond at={event.at} zone={zone} />}
            mark={markOf(event.kind)}
            sub={event.who}
          >
            {event.text}
          </TimelineEvent>
        ))}
      </Timeline>
    </section>
  );
}

const MARKS: Readonly<Record<string, { glyph: GlyphName } | { op: OpKind }>> = {
  held: { op: "hold" },
  failed: { op: "bad" },
  person: { glyph: "person" },
  working: { glyph: "working" },
  delivery: { glyph: "working" },
  ended: { glyph: "none" },
};

const markOf = (kind: string) => MARKS[kind] ?? { glyph: "ok" as const };

/** By time; of one moment the phase comes before what it led to. */
const inOrder = (timeline: Run["timeline"]) =>
  timeline.toSorted((a, b) => a.at.getTime() - b.at.getTime() || Number(b.kind === "phase") - Number(a.kind === "phase"));
