import { sql } from "drizzle-orm";
import type { Json } from "@/db/schema/json";
import { asVendor } from "@/server/database";
import { holdCauses } from "@/server/notify/look-first";
import type { RunState } from "@/server/roster/run";

/** The run of an institution that was started last, in either environment. */
interface LastRun {
  readonly number: number;
  readonly state: RunState;
  readonly environment: "preview" | "production";
  readonly at: Date;
  /** Why it ended, or what holds it, in numbers; null where nothing blocks. */
  readonly reason: string | null;
}

/** Every institution with its last run, for the vendor's staff: no roster, no names of people. */
export async function listInstitutions() {
  const rows = await asVendor((tx) =>
    tx.execute<{
      slug: string;
      name: string;
      timeZone: string;
      createdAt: string;
      feeds: number;
      members: number;
      lastRun: {
        number: number;
        state: RunState;
        environment: "preview" | "production";
        at: string;
        reason: string | null;
        verdict: Json;
      } | null;
    }>(sql`
      select i.slug, i.name, i.time_zone as "timeZone", i.created_at as "createdAt",
        (select count(*)::int from feeds f where f.institution_id = i.id and f.disabled_at is null) as feeds,
        (select count(*)::int from members m where m.institution_id = i.id and m.removed_at is null) as members,
        last.run as "lastRun"
      from institutions i
      left join lateral (
        select json_build_object('number', r.number, 'state', r.state, 'environment', e.name, 'at', coalesce(r.ended_at, r.created_at), 'reason', r.reason, 'verdict', r.verdict) as run
        from runs r
        join environments e on e.id = r.environment_id
        where r.institution_id = i.id
        order by r.created_at desc
        limit 1) last on true
      where i.disabled_at is null
      order by i.name, i.slug`),
  );
  return rows.map((row) => {
    return { ...row, createdAt: new Date(row.createdAt), lastRun: row.lastRun === null ? null : described(row.lastRun) };
  });
}

function described({ verdict, at, ...run }: Omit<LastRun, "at"> & { at: string; verdict: Json }): LastRun {
  const reason = run.state === "held" ? holdCauses(verdict).join(" ") : run.reason;
  return { ...run, at: new Date(at), reason };
}
