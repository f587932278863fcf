import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { asTenant } from "@/server/database";

/** Tables with rows of an institution that its export leaves out as tables, each with the reason. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  org_versions: "exported as rosters",
  academic_session_versions: "exported as rosters",
  course_versions: "exported as rosters",
  class_versions: "exported as rosters",
  user_versions: "exported as rosters",
  enrollment_versions: "exported as rosters",
  relationship_versions: "exported as rosters",
  org_fingerprints: "hashes of lines, for comparing",
  academic_session_fingerprints: "hashes of lines, for comparing",
  course_fingerprints: "hashes of lines, for comparing",
  class_fingerprints: "hashes of lines, for comparing",
  user_fingerprints: "hashes of lines, for comparing",
  enrollment_fingerprints: "hashes of lines, for comparing",
  relationship_fingerprints: "hashes of lines, for comparing",
  audit: "exported with its proof as audit.csv",
  audit_chain: "exported with its proof as audit.csv",
  audit_heads: "exported with its proof as audit.csv",
  readings: "how the engine read last",
  loads: "how the engine read last",
  environment_leases: "which process works",
  run_progress: "which process works",
  institution_notes: "what the vendor's people wrote for each other",
  institution_owners: "who of the vendor looks after the institution",
};

/** Never in a file, whichever table has them: what opens a door, or says where something lies. */
const KEPT_BACK = ["token_digest", "sealed", "previous_sealed", "object_key", "staff_session_id", "certificate_id"];

const ROWS_AT_ONCE = 1_000;
const Name = z.object({ name: z.string() });
const Key = z.object({ column: z.string(), type: z.string() });
const Line = z.object({ line: z.string(), key: z.array(z.string().nullable()) });

/** The tables that are exported as they are, by name. */
export async function exportedTables(institutionId: number): Promise<string[]> {
  const found = await asTenant(institutionId, (tx) =>
    read(
      tx,
      Name,
      sql`
        select c.relname::text as name
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'institution_id' and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        order by 1`,
    ),
  );
  return found.map(({ name }) => name).filter((name) => LEFT_OUT[name] === undefined);
}

/** The rows of one table as lines of JSON, by its key, a page in memory at a time. */
export async function* tableLines(institutionId: number, table: string): AsyncGenerator<string> {
  const key = await asTenant(institutionId, (tx) => keyOf(tx, table));
  const columns = sql.raw(key.map(({ column }) => `t.${column}`).join(", "));
  for (let after: readonly (string | null)[] | null = null; ; ) {
    const from: readonly (string | null)[] | null = after;
    const page: z.infer<typeof Line>[] = await asTenant(institutionId, async (tx) => {
      await alongTheIndex(tx);
      return read(
        tx,
        Line,
        sql`
          select (to_jsonb(t) - ${sql.raw(`array[${KEPT_BACK.map((name) => `'${name}'`).join(", ")}]`)})::text as line,
            array[${sql.raw(key.map(({ column }) => `t.${column}::text`).join(", "))}] as key
          from ${sql.identifier(table)} t
          where t.institution_id = ${institutionId}
            and ${
              from === null
                ? sql`true`
                : sql`(${columns}) > (${sql.join(
                    key.map(({ type }, at) => sql`${from[at]}::text::${sql.raw(type)}`),
                    sql`, `,
                  )})`
            }
          order by ${columns}
          limit ${ROWS_AT_ONCE}`,
      );
    });
    if (page.length > 0) yield page.map(({ line }) => `${line}\n`).join("");
    after = page.at(-1)?.key ?? null;
    if (page.length < ROWS_AT_ONCE || after === null) return;
  }
}

/**
 * Lets the next page be read in the order of its index. Row level security hides from the planner how many rows there are: it would
 * sort all that is left, for every page.
 */
export async function alongTheIndex(tx: Transaction): Promise<void> {
  await tx.execute(sql`set local enable_sort = off`);
}

async function keyOf(tx: Transaction, table: string): Promise<z.infer<typeof Key>[]> {
  return read(
    tx,
    Key,
    sql`
      select quote_ident(a.attname) as column, format_type(a.atttypid, a.atttypmod) as type
      from pg_constraint c
      cross join unnest(c.conkey) with ordinality k(number, place)
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number
      where c.conrelid = to_regclass(${table}) and c.contype = 'p'
      order by k.place`,
  );
}
