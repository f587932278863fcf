import type { ReactNode } from "react";

interface SectionProps {
  id: string;
  title: ReactNode;
  /** A remark or a link in the heading's line. */
  beside?: ReactNode;
  children: ReactNode;
  sheet?: boolean;
}

/** A part of a page under its own heading. */
export function Section({ id, title, beside, children, sheet = false }: SectionProps) {
  return (
    <section className={sheet ? "section sheet" : "section"} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {beside}
      </header>
      {children}
    </section>
  );
}

/** A table that may scroll sideways: reachable by keyboard and named after its table. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
    <section className="scroll" tabIndex={0} aria-label={`${label}, may scroll sideways`}>
      {children}
    </section>
  );
}
