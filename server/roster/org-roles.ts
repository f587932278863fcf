import { z } from "zod";

/** One role of a person at one school or organization. Days are inclusive start, exclusive end. */
export interface RoleAt {
  readonly org: string;
  readonly role: string;
  readonly primary: boolean;
  readonly start: string | null;
  readonly end: string | null;
}

const Entries = z.array(
  z.object({
    org: z.string(),
    role: z.string(),
    primary: z.boolean().default(false),
    start: z.string().nullish(),
    end: z.string().nullish(),
  }),
);

/**
 * The roles of a person, the primary one first: those that the source lists one by one, else its one role at each of the
 * person's schools, of which the first is primary (specs/canonical-model.md, OneRoster 1.1).
 */
export function rolesOf(cells: Readonly<Record<string, string | null>>): readonly RoleAt[] {
  const { org_roles: listed = null, org_keys: orgs = null, primary_role: role = null } = cells;
  if (listed !== null) {
    const entries = Entries.parse(JSON.parse(listed));
    return entries.map((entry) => ({ ...entry, start: entry.start ?? null, end: entry.end ?? null }));
  }
  if (orgs === null || role === null) return [];
  return orgs.split(",").map((org, index) => ({ org, role, primary: index === 0, start: null, end: null }));
}
