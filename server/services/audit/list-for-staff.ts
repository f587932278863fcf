import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Json } from "@/db/schema/json";
import { asVendor } from "@/server/database";
import type { AUDIT_ACTORS } from "./entry";

const PAGE_SIZE = 50;

export const ListStaffAudit = z.object({
  /** `staff`: what people of the vendor did; `all`: what anybody did, at whichever institution. */
  of: z.enum(["staff", "all"]).default("staff"),
  institution: z.string().max(63).optional(),
  /** The moment before which the page begins, with the kind and id of the last entry that was seen at it. */
  before: z.object({ at: z.iso.datetime({ offset: true }), key: z.string().max(40) }).optional(),
});

interface Row extends Record<string, unknown> {
  readonly key: string;
  readonly at: string;
  readonly moment: string;
  readonly slug: string | null;
  readonly institution: string | null;
  readonly actor: (typeof AUDIT_ACTORS)[number];
  readonly name: string | null;
  readonly verb: string;
  readonly subject: string;
  readonly detail: Json;
}

/**
 * What was done across institutions and about staff themselves, the newest first: who, what and when, and ids; nothing of a roster
 * is in an audit, and members of institutions are not named here.
 */
export async function listStaffAudit(input: z.input<typeof ListStaffAudit>) {
  const { of, institution, before } = ListStaffAudit.parse(input);
  const rows = await asVendor((tx) =>
    tx.execute<Row>(sql`
      with entries as (
        select 'i' || lpad(a.id::text, 20, '0') as key, a.at, i.slug, i.name as institution, a.actor, a.account_id, a.verb, a.subject, a.detail
        from audit a
        join institutions i on i.id = a.institution_id
        where (${of} = 'all' or a.actor = 'staff')
          and (${institution ?? null}::text is null or i.slug = ${institution ?? null})
        union all
        select 's' || lpad(s.id::text, 20, '0'), s.at, null, null, s.actor, s.account_id, s.verb, s.subject, s.detail
        from staff_audit s
        where ${institution ?? null}::text is null
      )
      select e.key, e.at, e.at::text as moment, e.slug, e.institution, e.actor, e.verb, e.subject, e.detail,
        case when e.actor = 'staff' then coalesce(who.name, who.email) end as name
      from entries e
      left join accounts who on who.id = e.account_id
      where ${before?.at ?? null}::text is null or (e.at, e.key) < (${before?.at ?? null}::timestamptz, ${before?.key ?? null})
      order by e.at desc, e.key desc
      limit ${PAGE_SIZE + 1}`),
  );
  const page = rows.slice(0, PAGE_SIZE);
  const last = rows.length > PAGE_SIZE ? page.at(-1) : undefined;
  return {
    entries: page.map(({ key, at, slug, institution: place, actor, name, verb, subject, detail }) => ({
      key,
      at: new Date(at),
      institution: slug === null || place === null ? null : { slug, name: place },
      actor,
      name,
      verb,
      subject,
      detail,
    })),
    // The whole moment, since entries of one second are told apart by less than a Date holds.
    next: last === undefined ? null : { at: last.moment.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"), key: last.key },
  };
}
