import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Json } from "@/db/schema/json";

export const AUDIT_ACTORS = ["member", "staff", "command", "handOff", "system"] as const;

/** Which entries are asked for: by who did it, by what it was about, by verb, by day in the institution's zone. */
export const AuditFilter = z.object({
  actor: z.enum(AUDIT_ACTORS).optional(),
  /** The noun before the dot: `run`, `member`, `invitation`. */
  noun: z
    .string()
    .regex(/^[a-zA-Z]{1,30}$/)
    .optional(),
  /** Part of the name or address of who did it. */
  who: z.string().trim().max(100).optional(),
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
});
export type AuditFilter = z.infer<typeof AuditFilter>;

/** One entry with its place in the chain. */
export interface AuditRow extends Record<string, unknown> {
  readonly seq: number;
  readonly at: string;
  readonly actor: (typeof AUDIT_ACTORS)[number];
  readonly name: string | null;
  readonly email: string | null;
  readonly verb: string;
  readonly subject: string;
  /** What the entry is about by its name, where it has one: a person, a feed, an organization, the address of somebody invited. */
  readonly about: string | null;
  readonly detail: Json;
  readonly content: string;
  readonly previous: string;
  readonly hash: string;
}

/** What the filter leaves, of one institution, as conditions on `a` (audit) and `who` (its account). */
export function filtered(filter: AuditFilter, zone: string) {
  const text = filter.who === undefined || filter.who === "" ? null : `%${filter.who.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  return sql`
    and (${filter.actor ?? null}::text is null or a.actor = ${filter.actor ?? null})
    and (${filter.noun ?? null}::text is null or split_part(a.verb, '.', 1) = ${filter.noun ?? null})
    and (${text}::text is null or who.name ilike ${text} or who.email ilike ${text})
    and (${filter.from ?? null}::text is null or a.at >= (${filter.from ?? null}::date)::timestamp at time zone ${zone})
    and (${filter.to ?? null}::text is null or a.at < (${filter.to ?? null}::date + 1)::timestamp at time zone ${zone})`;
}

const id = sql`split_part(a.subject, ' ', 2)`;
const named = sql`
  case
    when a.subject ~ '^account [0-9]+$' then (select coalesce(p.name, p.email) from accounts p where p.id = ${id}::integer)
    when a.subject ~ '^feed [0-9]+$' then (select f.name from feeds f where f.institution_id = a.institution_id and f.id = ${id}::integer)
    when a.subject ~ '^organization [0-9]+$'
      then (select o.name from organizations o where o.institution_id = a.institution_id and o.id = ${id}::integer)
    when a.subject ~ '^invitation [0-9a-f-]{36}$'
      then (select v.email from invitations v where v.institution_id = a.institution_id and v.id = ${id}::uuid)
    when a.subject ~ '^hand-off [0-9a-f-]{36}$'
      then (select h.email from hand_offs h where h.institution_id = a.institution_id and h.id = ${id}::uuid)
  end`;

/** The columns of `AuditRow`, and the tables that they are read from. */
export const auditColumns = sql`
  c.seq, a.at, a.actor, who.name, who.email, a.verb, a.subject, ${named} as about, a.detail, audit_content(a) as content, c.previous, c.hash`;
export const auditTables = sql`
  from audit_chain c
  join audit a on a.institution_id = c.institution_id and a.id = c.audit_id
  left join accounts who on who.id = a.account_id`;
