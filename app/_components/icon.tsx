import type { LucideIcon } from "lucide-react";

/** A drawing of 16 px beside a word; it says nothing by itself. */
export function Icon({ of: Drawing }: { of: LucideIcon }) {
  return <Drawing className="i" strokeWidth={1.6} aria-hidden="true" />;
}
