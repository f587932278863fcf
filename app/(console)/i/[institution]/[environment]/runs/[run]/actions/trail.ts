import type { Filter } from "./filter";

type Address = Filter["address"];
/** What of an address says on which page of the list one is; null: it is left out. */
type Place = { readonly [key in "after" | "trail" | "page"]: string | null };

/** Stands in the trail for the first page, which begins after nothing. */
const FIRST = "-";
/** An address holds no more than this of a trail: browsers and proxies refuse longer ones. */
const TRAIL_MAX = 6_000;

/** The page that begins after `cursor`. Of a trail that grew too long the oldest steps go; how many pages lie before is still known. */
export function nextPlace(address: Address, cursor: string): Place {
  const trail = [...stepsOf(address), address.after ?? FIRST];
  while (trail.join("~").length > TRAIL_MAX) trail.shift();
  return { after: cursor, trail: trail.join("~"), page: String(pagesBefore(address) + 1) };
}

/** The page before this one; null on the first, and where the trail does not reach back any further (`isCut`). */
export function previousPlace(address: Address): Place | null {
  const trail = stepsOf(address);
  const last = trail.pop();
  if (last === undefined) return null;
  const page = pagesBefore(address) - 1;
  return { after: last === FIRST ? null : last, trail: trail.join("~") || null, page: page > 0 ? String(page) : null };
}

/** Pages lie before this one to which the address knows no way: from here one can only begin again. */
export const isCut = (address: Address): boolean => stepsOf(address).length === 0 && pagesBefore(address) > 0;

/** How many pages lie before this one. */
export const pagesBefore = (address: Address): number => Math.max(address.page ?? 0, stepsOf(address).length);

const stepsOf = (address: Address): string[] => address.trail?.split("~") ?? [];
