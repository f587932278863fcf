import { count } from "@/app/_components/counting";
import type { Filter } from "./filter";

/** "1 to 50 of 412", counted from how many pages lie before this one. */
export function pageWords(page: { rows: readonly unknown[]; total: number }, filter: Filter): string {
  const before = (filter.address.trail === undefined ? 0 : filter.address.trail.split("~").length) * filter.size;
  return `${count(before + 1)} to ${count(before + page.rows.length)} of ${count(page.total)}`;
}
