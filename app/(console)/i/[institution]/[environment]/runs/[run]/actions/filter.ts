import { z } from "zod";
import type { Inputs } from "@/app/_trpc/outputs";
import { ACTIONS } from "@/server/roster/change";
import { ENTITIES } from "@/server/roster/entities";

const one = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** What the address of an action list may say. Anything else in it is left out, not an error: addresses are typed and shared. */
const Address = z.object({
  entity: one(z.enum(ENTITIES)),
  person: one(z.enum(["students", "teachers", "others"])),
  action: one(z.enum(ACTIONS)),
  school: one(z.string().min(1).max(255)),
  text: one(z.string().trim().min(1).max(100)),
  show: one(z.enum(["off", "warning"])),
  limit: one(z.coerce.number().pipe(z.union([z.literal(50), z.literal(100), z.literal(200)]))),
  after: one(z.string().max(500)),
  /** Where the pages before began, so that one can go back without the server keeping a place; see `trail.ts`. */
  trail: one(z.string().max(8000)),
  /** How many pages lie before this one. */
  page: one(z.coerce.number().int().min(0).max(1_000_000)),
});

type Query = Omit<Inputs["changes"]["list"], "institution" | "environment" | "run">;

export interface Filter {
  address: z.infer<typeof Address>;
  query: Query;
  /** Rows a page. */
  size: number;
  /** Fewer than all changes are asked for. */
  isNarrow: boolean;
}

/** The filter that an address asks for. */
export function parseFilter(search: Record<string, string | string[] | undefined>): Filter {
  const address = Address.parse(search);
  const { entity, person, action, school, text, show, after, limit } = address;
  return {
    address,
    query: { entity: person ? "users" : entity, person, action, school, text, show: show ?? "all", after, limit: limit ?? 50 },
    size: limit ?? 50,
    isNarrow: [entity, person, action, school, text, show].some((part) => part !== undefined),
  };
}

/** The address with some parts changed; a change of the filter begins at the first page again. */
export function hrefWith(
  path: string,
  address: Filter["address"],
  change: Partial<Record<keyof Filter["address"], string | null>>,
): string {
  const isPaging = "after" in change;
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...address, ...(isPaging ? {} : { after: null, trail: null, page: null }), ...change })) {
    if (value !== null && value !== undefined && value !== "") parts.set(key, String(value));
  }
  const query = parts.toString();
  return query === "" ? path : `${path}?${query}`;
}
