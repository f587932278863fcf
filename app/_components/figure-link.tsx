import type { ReactNode } from "react";

/** Marks an anchor whose plain press is followed by the router. */
export const SOFT = "data-soft";

interface FigureLinkProps {
  href: string;
  /** What the figure counts, for who does not see the table around it. */
  label?: string;
  children: ReactNode;
}

/** A link of a table of hundreds: an anchor that weighs nothing, followed without loading the page anew (`SoftNavigation`). */
export const FigureLink = ({ href, label, children }: FigureLinkProps) => (
  <a {...{ [SOFT]: "" }} className="hit" href={href} aria-label={label}>
    {children}
  </a>
);
