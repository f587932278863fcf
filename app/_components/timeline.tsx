import type { ReactNode } from "react";
import { Glyph, type GlyphName } from "./glyph";
import { Op, type OpKind } from "./op";

/** A list of what happened; `wide` leaves room for seconds in the column of times. */
export function Timeline({ children, wide = false, small = false }: { children: ReactNode; wide?: boolean; small?: boolean }) {
  return <ol className={`timeline ${wide ? "timeline-wide" : ""} ${small ? "small" : ""}`}>{children}</ol>;
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
