import { Fragment } from "react";
import { date } from "@/app/_components/clock";
import type { GlyphName } from "@/app/_components/glyph";
import type { OpKind } from "@/app/_components/op";
import { Timeline, TimelineDay, TimelineEvent } from "@/app/_components/timeline";
import { ToTheSecond } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { took, ZONE } from "../job-words";

type Event = Outputs["vendor"]["jobs"]["get"]["timeline"][number];

/** What happened to a run, in order, under its days. */
export function JobTimeline({ events }: { events: readonly Event[] }) {
  return (
    <Timeline times="seconds">
      {events.map((event, index) => {
        const day = date(event.at, ZONE);
        const before = events[index - 1];
        return (
          <Fragment key={`${event.at.getTime()} ${event.kind} ${event.step ?? ""} ${event.attempt ?? ""}`}>
            {before === undefined || date(before.at, ZONE) !== day ? <TimelineDay>{day}</TimelineDay> : null}
            <TimelineEvent when={<ToTheSecond at={event.at} zone={ZONE} />} mark={markOf(event.kind)} sub={about(event)}>
              {words(event)}
            </TimelineEvent>
          </Fragment>
        );
      })}
    </Timeline>
  );
}

const MARKS: Readonly<Record<string, { glyph: GlyphName } | { op: OpKind }>> = {
  "step.failed": { op: "bad" },
  "call.failed": { op: "bad" },
  "run.failed": { op: "bad" },
  "call.retried": { op: "warning" },
  "lease.expired": { op: "warning" },
  "lease.lost": { op: "warning" },
  "step.timed-out": { glyph: "wait" },
  "run.cancelled": { glyph: "none" },
};

const markOf = (kind: string) => MARKS[kind] ?? { glyph: "ok" as const };

function words({ kind, step }: Event): string {
  const name = step === null ? "The function" : `“${step}”`;
  switch (kind) {
    case "step.done":
      return `${name} done`;
    case "step.failed":
      return `${name} failed for good`;
    case "step.timed-out":
      return `${name} waited, and nothing came`;
    case "call.completed":
      return "The function returned";
    case "call.failed":
      return `${name} failed`;
    case "call.retried":
      return `${name} failed and is tried again`;
    case "lease.expired":
      return `${name}: the worker died or fell silent; another takes over`;
    case "lease.lost":
      return `${name}: a result came after another worker had taken over, and was not recorded`;
    case "run.completed":
      return "Completed";
    case "run.failed":
      return "Failed";
    case "run.cancelled":
      return "Cancelled";
    default:
      return `${kind}${step === null ? "" : ` ${name}`}`;
  }
}

/** Which attempt, how long, by which worker, and what its error was. */
function about({ kind, attempt, tookMs, worker, error }: Event): string {
  const isAttempt = attempt !== null && (attempt > 0 || (kind !== "step.done" && kind !== "call.completed"));
  const fault = error === null ? null : [error.name, error.message, error.at].filter(Boolean).join(": ");
  return [isAttempt ? `attempt ${attempt + 1}` : null, tookMs === null ? null : took(tookMs), worker, fault].filter(Boolean).join(", ");
}
