import { count } from "@/app/_components/counting";
import type { Filter } from "./filter";
import { pagesBefore } from "./trail";

/** "1 to 50 of 412", counted from how many pages lie before this one; the total is left away where only rows could tell it. */
export function pageWords(rows: number, total: number | null, filter: Filter): string {
  const before = pagesBefore(filter.address) * filter.size;
  return `${count(before + 1)} to ${count(before + rows)}${total === null ? "" : ` of ${count(total)}`}`;
}
