import { z } from "zod";
import { isIssueCode } from "@/server/roster/issue-codes";

const one = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** What the address of a log may ask for; anything else in it is left out. */
export const LogAddress = z.object({
  run: one(z.coerce.number().int().positive()),
  code: one(z.string().max(60).refine(isIssueCode)),
  after: one(z.coerce.number().int().positive()),
});

/** The same page with other parts; what is not named is left away. */
export function logHref(path: string, parts: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(Object.entries(parts).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
  return query.size === 0 ? path : `${path}?${query}`;
}
