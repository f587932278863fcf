import { sql } from "drizzle-orm";
import type { Issue } from "@/server/roster/issue";
import type { Reading } from "@/server/sources/source";
import type { SyncContext } from "./context";
import { fenced, takeOver } from "./fence";
import { keepPackageIssues } from "./issues";

/**
 * Notes what a delivery holds: every file with its mode, and what is wrong with the package. Returns the refusals: with any of
 * them nothing may be loaded and the run ends as failed. Safe to run twice.
 */
export async function keepReading(context: SyncContext, of: { position: number; reading: Reading }): Promise<readonly Issue[]> {
  const open = await takeOver(context);
  const { position, reading } = of;
  await fenced(open, async (tx) => {
    await tx.execute(sql`delete from run_issue_totals where institution_id = ${open.institutionId} and run_id = ${open.runId} and entity = ''
      and ${position} = 1`);
    const files = reading.files.map(({ name, entity, mode, bytes, encoding }) => ({ name, entity, mode, bytes, encoding }));
    await tx.execute(sql`
      insert into run_files (institution_id, run_id, position, name, entity, mode, bytes, encoding)
      select ${open.institutionId}::int, ${open.runId}::uuid, ${position}::int, f.*
      from jsonb_to_recordset(${JSON.stringify(files)}::jsonb) f(name text, entity text, mode text, bytes bigint, encoding text)
      on conflict (institution_id, run_id, position, name) do update set
        entity = excluded.entity, mode = excluded.mode, bytes = excluded.bytes, encoding = excluded.encoding`);
  });
  await keepPackageIssues(open, position, reading.issues);
  return reading.issues.filter((issue) => issue.severity === "refusal");
}
