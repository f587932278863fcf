import { Glyph, type GlyphName } from "@/app/_components/glyph";
import type { Outputs } from "@/app/_trpc/outputs";

type Status = Outputs["vendor"]["jobs"]["get"]["status"];

/** In the order in which a run goes through them. */
export const STATUSES = ["queued", "running", "completed", "failed", "cancelled"] as const satisfies readonly Status[];

const LOOKS: Readonly<Record<Status, { word: string; glyph: GlyphName; tone: string }>> = {
  queued: { word: "Queued", glyph: "wait", tone: "" },
  running: { word: "Running", glyph: "working", tone: "ready" },
  completed: { word: "Completed", glyph: "ok", tone: "ok" },
  failed: { word: "Failed", glyph: "bad", tone: "bad" },
  cancelled: { word: "Cancelled", glyph: "none", tone: "" },
};

/** How a run of a function stands, in a word and a mark. */
export function JobBadge({ status }: { status: Status }) {
  const look = LOOKS[status];
  return (
    <span className={`state ${look.tone}`}>
      <span className={status === "running" ? "spin" : undefined}>
        <Glyph name={look.glyph} />
      </span>
      {look.word}
    </span>
  );
}

export const statusWord = (status: Status): string => LOOKS[status].word;
