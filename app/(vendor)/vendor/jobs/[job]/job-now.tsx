import { lasting } from "@/app/_components/clock";
import { Op } from "@/app/_components/op";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { ZONE } from "../job-words";

type Item = Outputs["vendor"]["jobs"]["get"]["now"][number];

/** A worker gives up after a minute of silence; half of that is worth a word. */
const SILENT_MS = 30_000;

/** What a run does or waits for at this moment. */
export function JobNow({ items }: { items: readonly Item[] }) {
  return (
    <ul className="checks">
      {items.map((item) => (
        <li key={`${item.kind} ${item.step ?? ""} ${item.dueAt.getTime()}`}>
          <Op kind={markOf(item)} />
          <span>{doing(item)}</span>
          <span className="val">{item.attempt > 0 ? `attempt ${item.attempt + 1}` : ""}</span>
          <span className="sub more">{about(item)}</span>
        </li>
      ))}
    </ul>
  );
}

const markOf = (item: Item) => ((item.heartbeatAgeMs ?? 0) > SILENT_MS ? "warning" : item.worker === null ? "wait" : "env-op");

function doing(item: Item): string {
  const step = item.step === null ? null : `“${item.step}”`;
  if (item.event !== null) return `${step ?? "A step"} waits for the event ${item.event}`;
  if (item.kind === "timer") return item.op === "Sleep" ? `${step ?? "A step"} sleeps` : `${step ?? "A step"} waits for another run`;
  if (item.kind === "cancel") return "Is about to be cancelled";
  if (item.kind === "retry") return "Is about to be run again";
  const what = step ?? "The function’s next step";
  return item.worker === null ? `${what} is to be called` : `${what} is at work`;
}

function about(item: Item) {
  if (item.worker === null) {
    return (
      <>
        {item.event === null ? "Due" : "At the latest"} <When at={item.dueAt} zone={ZONE} />
      </>
    );
  }
  return `Worker ${item.worker}${item.heartbeatAgeMs === null ? "" : `, last heard ${lasting(item.heartbeatAgeMs)} ago`}`;
}
