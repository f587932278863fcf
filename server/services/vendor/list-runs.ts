import { sql } from "drizzle-orm";
import { z } from "zod";
import { read, SqlTime } from "@/db/read";
import { asVendor } from "@/server/database";
import { AppError } from "@/server/errors";
import { holdCauses } from "@/server/notify/look-first";
import { ENVIRONMENTS, RUN_KINDS, RUN_STATES, TRIGGERS } from "@/server/roster/run";

export const ListVendorRuns = z.object({
  state: z.enum(RUN_STATES).optional(),
  /** The slug of one institution. */
  institution: z.string().min(1).max(63).optional(),
  after: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(100).default(50),
});

const Row = z.object({
  id: z.string(),
  number: z.number(),
  slug: z.string(),
  institution: z.string(),
  timeZone: z.string(),
  environment: z.enum(ENVIRONMENTS),
  feed: z.string(),
  state: z.enum(RUN_STATES),
  kind: z.enum(RUN_KINDS),
  trigger: z.enum(TRIGGERS),
  createdAt: SqlTime,
  /** When its plan stood, or it ended without one: the wait for a person is no work. */
  workedUntil: SqlTime.nullable(),
  reason: z.string().nullable(),
  verdict: z.json(),
  cursor: z.string(),
});
export type VendorRun = Omit<z.infer<typeof Row>, "verdict" | "cursor" | "id">;

/** Runs of all institutions, newest first, by keyset: numbers and states, never a row of a roster. Throws INVALID. */
export async function listVendorRuns(raw: z.input<typeof ListVendorRuns>): Promise<{ rows: VendorRun[]; nextCursor: string | null }> {
  const input = ListVendorRuns.parse(raw);
  const after = input.after === undefined ? null : placeIn(input.after);
  const found = await asVendor((tx) =>
    read(
      tx,
      Row,
      sql`
        select r.id, r.number, i.slug, i.name as institution, i.time_zone as "timeZone", e.name as environment, f.name as feed, r.state, r.kind, r.trigger,
          r.created_at as "createdAt", coalesce(r.prepared_at, r.ended_at) as "workedUntil", r.reason, r.verdict, r.created_at::text || '|' || r.id as cursor
        from runs r
        join institutions i on i.id = r.institution_id
        join environments e on e.id = r.environment_id
        join feeds f on f.institution_id = r.institution_id and f.id = r.feed_id
        where i.disabled_at is null
          and ${input.state === undefined ? sql`true` : sql`r.state = ${input.state}`}
          and ${input.institution === undefined ? sql`true` : sql`i.slug = ${input.institution}`}
          and ${after === null ? sql`true` : sql`(r.created_at, r.id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
        order by r.created_at desc, r.id desc
        limit ${input.limit + 1}`,
    ),
  );
  const page = found.slice(0, input.limit);
  return {
    rows: page.map(({ verdict, cursor: _cursor, id: _id, ...run }) => ({
      ...run,
      reason: run.state === "held" ? holdCauses(verdict).join(" ") : run.reason,
    })),
    nextCursor: found.length > input.limit ? (page.at(-1)?.cursor ?? null) : null,
  };
}

const Place = z.object({ at: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?$/), id: z.uuid() });

function placeIn(cursor: string): z.infer<typeof Place> {
  const [at, id] = cursor.split("|");
  const parsed = Place.safeParse({ at, id });
  if (!parsed.success) throw new AppError("INVALID", "This page of the list does not exist");
  return parsed.data;
}
