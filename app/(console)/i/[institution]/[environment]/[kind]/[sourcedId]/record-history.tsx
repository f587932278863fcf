import Link from "next/link";
import { date } from "@/app/_components/clock";
import type { GlyphName } from "@/app/_components/glyph";
import { grouped } from "@/app/_components/grouped";
import { InWords } from "@/app/_components/in-words";
import type { OpKind } from "@/app/_components/op";
import { Timeline, TimelineDay, TimelineEvent } from "@/app/_components/timeline";
import { Value } from "@/app/_components/value";
import { ToTheMinute } from "@/app/_components/when";
import { columnWord } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";

type Event = Outputs["roster"]["get"]["history"][number];

interface RecordHistoryProps {
  base: string;
  history: readonly Event[];
  zone: string;
}

/** Rows seen, findings, plans and commits of one record, newest first; what is only planned stands on top and says so. */
export function RecordHistory({ base, history, zone }: RecordHistoryProps) {
  if (history.length === 0) return <p className="soft">Nothing is recorded yet.</p>;
  const planned = history.filter((event) => event.kind === "planned" || event.kind === "leftOut");
  const past = history.filter((event) => event.kind !== "planned" && event.kind !== "leftOut");
  const days = grouped(past, (event) => date(event.at, zone));
  return (
    <Timeline>
      {planned.length > 0 ? <TimelineDay>Waiting, not committed</TimelineDay> : null}
      {planned.map((event) => (
        <One key={keyOf(event)} event={event} base={base} zone={zone} />
      ))}
      {[...days].map(([day, events]) => [
        <TimelineDay key={day}>{day}</TimelineDay>,
        ...events.map((event) => <One key={keyOf(event)} event={event} base={base} zone={zone} />),
      ])}
    </Timeline>
  );
}

const keyOf = (event: Event): string => `${event.at.getTime()} ${event.kind} ${event.run ?? ""} ${event.text}`;

function One({ event, base, zone }: { event: Event; base: string; zone: string }) {
  return (
    <TimelineEvent
      when={<ToTheMinute at={event.at} zone={zone} />}
      mark={markOf(event)}
      sub={
        <>
          {event.run === null ? null : (
            <Link prefetch={false} href={`${base}/runs/${event.run}`}>
              Run {event.run}
            </Link>
          )}
          {event.place ? (
            <>
              {event.run === null ? "" : ", "}
              <code>{event.place}</code>
            </>
          ) : null}
        </>
      }
    >
      <p>{event.text}</p>
      {event.fields.length > 0 ? (
        <p className="delta small">
          {event.fields.map(({ field, before, after }) => (
            <span key={field}>
              <span className="f">
                <InWords of={columnWord(field)} />
              </span>{" "}
              <del>{before === null ? "blank" : <Value of={before} />}</del>{" "}
              <span className="arr" role="img" aria-label="becomes">
                →
              </span>{" "}
              <ins>{after === null ? "blank" : <Value of={after} />}</ins>
            </span>
          ))}
        </p>
      ) : null}
    </TimelineEvent>
  );
}

function markOf(event: Event): { glyph: GlyphName } | { op: OpKind } {
  if (event.action) return { op: event.action };
  if (event.kind === "issue") return { op: "warning" };
  if (event.kind === "leftOut") return { glyph: "none" };
  return { glyph: "ok" };
}
