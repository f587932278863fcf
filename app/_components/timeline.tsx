import type { ReactNode } from "react";
import { Glyph, type GlyphName } from "./glyph";
import { Op, type OpKind } from "./op";

interface TimelineProps {
  /** What the column of times has room for: a day or a minute, a second, or a day with its time and zone. */
  times?: "short" | "seconds" | "dated";
  small?: boolean;
  children: ReactNode;
}

const TIMES = { short: "", seconds: "timeline-wide", dated: "timeline-dated" } as const;

/** A list of what happened. */
export function Timeline({ times = "short", small = false, children }: TimelineProps) {
  return <ol className={`timeline ${TIMES[times]} ${small ? "small" : ""}`}>{children}</ol>;
}

interface EventProps {
  when: ReactNode;
  /** A circle in ink, or, for the five actions, holds and warnings, a coloured mark. */
  mark: { glyph: GlyphName } | { op: OpKind };
  sub?: ReactNode;
  children: ReactNode;
}

/** One thing that happened. */
export function TimelineEvent({ when, mark, sub, children }: EventProps) {
  return (
    <li>
      {when ?? <span />}
      {"op" in mark ? (
        <Op kind={mark.op} />
      ) : (
        <span className="dot">
          <Glyph name={mark.glyph} />
        </span>
      )}
      <div>
        {children}
        {sub ? <span className="sub">{sub}</span> : null}
      </div>
    </li>
  );
}

/** The heading of a day, or of what has not happened yet. */
export function TimelineDay({ children }: { children: ReactNode }) {
  return <li className="day">{children}</li>;
}
