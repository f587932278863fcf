import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { versionsOf } from "@/db/roster";
import type { OpenSet } from "./context";
import { after } from "./land";
import { current } from "./tables";

/**
 * Relationships are what users say of their agents: they follow from the users as the plan would leave them, so a quick and a
 * full run derive the same. Kind is the related person's role where that says something. Returns how many rows landed.
 */
export async function deriveRelationships(tx: Transaction, open: OpenSet): Promise<number> {
  // Agents come in no order: sorting all people for a merge takes longer than one hash table.
  await tx.execute(sql`select set_config('enable_mergejoin', 'off', true)`);
  const [landed] = await read(
    tx,
    z.object({ landed: z.number() }),
    sql`
      with wanted as (
        select distinct u.source_key || chr(31) || t.source_key || chr(31) || k.kind as source_key,
          u.source_key as user_key, t.source_key as related_user_key, k.kind, t.primary_role as type_raw
        from ${after(open, "users", ["source_key", "agent_keys"])} u
        cross join lateral unnest(string_to_array(u.agent_keys, ',')) a(key)
        join ${after(open, "users", ["source_key", "primary_role"])} t on t.source_key = a.key
        cross join lateral (select case when t.primary_role in ('parent', 'guardian', 'relative') then t.primary_role else 'other' end as kind) k
        where u.agent_keys is not null),
      planned as (
        select coalesce(w.source_key, v.source_key) as source_key, v.from_seq, v.sourced_id,
          case when w.source_key is null then 'archive' when v.source_key is null then 'add' when v.status = 'archived' then 'reactivate' else 'edit' end as action,
          coalesce(w.user_key, v.user_key) as user_key, coalesce(w.related_user_key, v.related_user_key) as related_user_key,
          coalesce(w.kind, v.kind) as kind, coalesce(w.type_raw, v.type_raw) as type_raw
        from wanted w
        full join ${current(open, "relationships", "v")} on v.source_key = w.source_key
        where case when w.source_key is null then v.status <> 'archived' when v.source_key is null or v.status = 'archived' then true
          else v.type_raw is distinct from w.type_raw end),
      landed as (
        insert into ${versionsOf("relationships")} (institution_id, environment_id, bucket, feed_id, from_seq, line, replaces_seq, action, status,
          status_reason, source_key, sourced_id, user_key, related_user_key, kind, type_raw)
        select ${open.institutionId}::int, ${open.environmentId}::int, ${open.bucket}::int, ${open.feedId}::int, ${open.seq}::int,
          -row_number() over (order by source_key), from_seq, action, case action when 'archive' then 'archived' else 'active' end,
          case action when 'archive' then 'absent' end, source_key,
          case when from_seq is null then md5(${`${open.feedId}:relationships:`}::text || source_key)::uuid::text else sourced_id end,
          user_key, related_user_key, kind, type_raw
        from planned
        returning 1)
      select count(*)::int as landed from landed`,
  );
  await tx.execute(sql`select set_config('enable_mergejoin', 'on', true)`);
  return landed?.landed ?? 0;
}
