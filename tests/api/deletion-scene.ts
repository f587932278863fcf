import type { Actor } from "@/server/auth/actor";
import { callerAs } from "@/tests/support/caller";
import type { TestDatabase } from "@/tests/support/database";
import type { TestInstitution } from "@/tests/support/institution";

/** How an institution's end is asked for and decided, and a look at what is left of it. */
export interface DeletionScene {
  askedBy(institution: TestInstitution): Promise<unknown>;
  decide(institution: TestInstitution, decision: "approve" | "reject" | "cancel"): Promise<unknown>;
  /** The two weeks are over. Behind the triggers' back, which hold what was decided. */
  passTwoWeeks(institution: TestInstitution): Promise<unknown>;
  /** Rows of an institution by table, over every table of the catalog that has any. */
  rowsOf(institutionId: number): Promise<Record<string, number>>;
}

/** `admin` is whoever of the vendor's staff decides. */
export const deletionScene = (db: TestDatabase, admin: Actor): DeletionScene => ({
  askedBy: (institution) =>
    callerAs(institution.owner.actor).data.deletion.request({
      institution: institution.slug,
      typed: institution.name,
      reason: "We leave",
    }),
  decide: (institution, decision) =>
    callerAs(admin).vendor.deletions.decide({ institution: institution.slug, decision, note: "They asked in writing" }),
  passTwoWeeks: (institution) =>
    db.administrator.begin(async (sql) => {
      await sql`set local session_replication_role = replica`;
      await sql`
        update deletion_requests set decided_at = decided_at - interval '15 days', due_at = due_at - interval '15 days'
        where institution_id = ${institution.id} and state = 'approved'`;
    }),
  async rowsOf(institutionId) {
    const tables = await db.administrator<{ name: string; key: string }[]>`
      select c.relname as name, a.attname as key
      from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
        and a.attname = case c.relname when 'institutions' then 'id' when 'mails' then 'of_institution' else 'institution_id' end
      where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace`;
    const rows: Record<string, number> = {};
    for (const { name, key } of tables) {
      const [found] = await db.administrator.unsafe<{ n: number }[]>(`select count(*)::int as n from ${name} where ${key} = $1`, [
        institutionId,
      ]);
      if ((found?.n ?? 0) > 0) rows[name] = found?.n ?? 0;
    }
    return rows;
  },
});
