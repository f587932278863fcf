import type { RunState } from "@/server/roster/run";
import { Glyph, type GlyphName } from "./glyph";

interface Look {
  word: string;
  glyph: GlyphName;
  tone: "hold" | "ready" | "ok" | "bad" | "warning" | "";
}

/** How each state of a run is said and marked. Only Held is filled. */
const LOOKS: Readonly<Record<RunState, Look>> = {
  queued: { word: "Waiting to start", glyph: "wait", tone: "" },
  collecting: { word: "Preparing", glyph: "working", tone: "ready" },
  loading: { word: "Preparing", glyph: "working", tone: "ready" },
  checking: { word: "Preparing", glyph: "working", tone: "ready" },
  comparing: { word: "Preparing", glyph: "working", tone: "ready" },
  committing: { word: "Committing", glyph: "working", tone: "ready" },
  ready: { word: "Ready to commit", glyph: "working", tone: "ready" },
  held: { word: "Held", glyph: "hold", tone: "hold" },
  committed: { word: "Committed", glyph: "ok", tone: "ok" },
  discarded: { word: "Discarded", glyph: "none", tone: "" },
  superseded: { word: "Superseded", glyph: "none", tone: "" },
  setAside: { word: "Set aside", glyph: "none", tone: "" },
  expired: { word: "Expired", glyph: "none", tone: "" },
  failed: { word: "Failed", glyph: "bad", tone: "bad" },
  ignored: { word: "Nothing new", glyph: "none", tone: "" },
};

/** A run's state, in a word and a mark. `beating` while it works. */
export function StateBadge({ state, beating = false }: { state: RunState; beating?: boolean }) {
  const look = LOOKS[state];
  return (
    <span className={`state ${look.tone}`}>
      <span className={beating ? "spin" : undefined}>
        <Glyph name={look.glyph} />
      </span>
      {look.word}
    </span>
  );
}

export const stateWord = (state: RunState): string => LOOKS[state].word;
export const stateGlyph = (state: RunState): GlyphName => LOOKS[state].glyph;

/** How a record of the roster stands. */
export function StatusBadge({ status, concluded = false }: { status: string; concluded?: boolean }) {
  if (status === "archived") {
    return (
      <span className="state">
        <Glyph name="archive" />
        Archived
      </span>
    );
  }
  if (concluded) {
    return (
      <span className="state">
        <Glyph name="none" />
        Concluded
      </span>
    );
  }
  return (
    <span className={status === "active" ? "state ok" : "state warning"}>
      <Glyph name={status === "active" ? "ok" : "warning"} />
      {status === "active" ? "Active" : "Inactive"}
    </span>
  );
}
