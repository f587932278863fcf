import { z } from "zod";
import type { Inputs } from "@/app/_trpc/outputs";
import { STATUSES } from "./job-badge";

/** How old a run must at least be, in minutes, with its words. */
export const AGES = [
  { minutes: 1, word: "Older than a minute" },
  { minutes: 10, word: "Older than 10 minutes" },
  { minutes: 60, word: "Older than an hour" },
  { minutes: 1440, word: "Older than a day" },
] as const;

const one = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** What the address of the page may ask for; anything else in it is left out. */
export const Address = z.object({
  status: one(z.enum(STATUSES)),
  fn: one(z.string().min(1).max(200)),
  institution: one(z.string().min(1).max(63)),
  older: one(z.coerce.number().int().min(1).max(1_000_000)),
  after: one(z.coerce.number().int().positive()),
});
export type Address = z.infer<typeof Address>;

/** The address as the list is asked for it. */
export const questionOf = ({ status, fn, institution, older, after }: Address): Inputs["vendor"]["jobs"]["list"] => ({
  status,
  fnId: fn,
  institution,
  olderThanMinutes: older,
  after,
});

/** The page with some of its filters changed; `null` takes one away. A changed filter begins at the newest run. */
export function hrefWith(address: Address, change: { readonly [K in keyof Address]?: Address[K] | null }): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...address, after: null, ...change })) {
    if (value !== null && value !== undefined) query.set(key, String(value));
  }
  const text = query.toString();
  return text === "" ? "/vendor/jobs" : `/vendor/jobs?${text}`;
}
