import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { tablesOf } from "@/db/roster";
import { failpoint } from "@/server/failpoint";
import { ENTITIES } from "@/server/roster/entities";
import { findCycles } from "./check-cycles";
import { findDoubled, findStale, findTwins } from "./check-doubles";
import { findOddities, findOtherSchool } from "./check-oddities";
import { findMissing, findUnknown, findWrongType, glance, type RosterSides } from "./check-references";
import { completeRows } from "./complete";
import type { OpenSet, SyncContext } from "./context";
import { fenced, takeOver } from "./fence";
import { foldDeliveries } from "./fold";
import { addTotals } from "./issues";
import { byEntity, loadsOf } from "./loads";
import { beginPhase } from "./progress";
import { leaveOutside } from "./scope";

/** Codes that only a look at several rows, or at the roster, can find. */
const FOUND_HERE = [
  "DUPLICATE_ID",
  "DUPLICATE_ROW",
  "REF_MISSING",
  "REF_UNVERIFIED",
  "REF_WRONG_TYPE",
  "ORG_CYCLE",
  "ID_NEAR_MISS",
  "EMAIL_SHARED",
  "PRIMARY_TEACHER_TWICE",
  "SCHOOL_DIFFERS",
  "STALE_ROW",
  "STALE_FILE",
  "ID_CASE",
] as const;

/** What the checks decided: `refused` means that the run must end as failed, with this code and sentence. */
export type Checked = { readonly refused: null } | { readonly refused: { readonly code: "ORG_CYCLE"; readonly detail: string } };

/**
 * Checks what was loaded, set by set: duplicates, stale rows, references with their types, circles (SECURITY.md E 38–50).
 * Rows in error change nothing from here on and count as present. One transaction; safe to run twice.
 */
export async function check(context: SyncContext): Promise<Checked> {
  const open = await takeOver(context);
  const state = await fenced(open, async (tx) => {
    const [run] = await tx.execute<{ state: string }>(sql`select state from runs where id = ${open.runId}`);
    if (run?.state !== "comparing") await tx.execute(sql`update runs set state = 'checking' where id = ${open.runId}`);
    return run?.state;
  });
  if (state === "comparing" || state === "ready" || state === "held") return { refused: null };
  if (open.isOwn && open.baseSeq === 0) await attachRest(open);
  const progress = await beginPhase(open, "check");
  const checked = await fenced(open, async (tx) => {
    const loads = await loadsOf(tx, open);
    await forgetFindings(tx, open);
    for (const load of loads) await addTotals(tx, open, { entity: load.entity, totals: load.issue_totals });
    const entities = byEntity(loads);
    const sides: RosterSides = { staged: new Set(), direct: new Set() };
    for (const entity of entities) {
      if (entity.isDirect) sides.direct.add(entity.entity);
      else sides.staged.add(entity.entity);
    }
    for (const [index, entity] of entities.entries()) {
      // A first load has all rows to join and no statistics on the parents yet: without this they are looked up one by one.
      await tx.execute(sql`select set_config('enable_nestloop', ${entity.isDirect ? "off" : "on"}, true)`);
      if (!entity.isDirect) {
        await findDoubled(tx, open, entity);
        await findTwins(tx, open, entity);
        await foldDeliveries(tx, open, entity);
        await completeRows(tx, open, entity);
        await findStale(tx, open, entity);
        await findUnknown(tx, open, entity);
        await leaveOutside(tx, open, entity.entity);
      }
      const seen = entity.isDirect ? await glance(tx, open, { entity, sides, isSound: false }) : { isSound: false, otherSchools: null };
      await findMissing(tx, open, { entity, sides, isSound: seen.isSound });
      await findWrongType(tx, open, { entity, sides, isSound: seen.isSound });
      if (entity.entity === "enrollments" && seen.otherSchools !== 0) await findOtherSchool(tx, open, { entity, sides });
      await progress.tell(index + 1, entities.length);
      await failpoint("check.entity");
    }
    const cycle = await findCycles(tx, open, { entities, sides });
    if (cycle !== null) return { refused: { code: "ORG_CYCLE" as const, detail: cycle } };
    await findOddities(tx, open, { entities, sides });
    await tx.execute(sql`update runs set state = 'comparing' where id = ${open.runId}`);
    return { refused: null };
  });
  await progress.end(ENTITIES.length);
  return checked;
}

/** What an earlier try found here goes. A reference of no record (a role of nobody) was found by the reader, and stays. */
async function forgetFindings(tx: Transaction, open: OpenSet): Promise<void> {
  await tx.execute(sql`delete from issues where institution_id = ${open.institutionId} and run_id = ${open.runId}
    and entity is not null and code in (${sql.join(
      FOUND_HERE.filter((code) => !code.startsWith("DUPLICATE")).map((code) => sql`${code}`),
      sql`, `,
    )})
    and not (source_key is null and code in ('REF_MISSING', 'REF_UNVERIFIED'))`);
  await tx.execute(
    sql`delete from run_issue_totals where institution_id = ${open.institutionId} and run_id = ${open.runId} and entity <> ''`,
  );
}

/** An environment with partitions of its own has all of them before anything is read through the parents. */
async function attachRest(open: OpenSet): Promise<void> {
  const parents = ENTITIES.flatMap((entity) => [tablesOf(entity).versions, tablesOf(entity).fingerprints]);
  await fenced(open, async (tx) => {
    const attached = await tx.execute<{ parent: string }>(sql`
      select i.inhparent::regclass::text as parent from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
      where c.relnamespace = 'partitions'::regnamespace and c.relname like ${`%\\_${open.bucket}`}`);
    for (const parent of parents.filter((one) => !attached.some((there) => there.parent === one))) {
      await tx.execute(
        sql`select partitions.make(${parent}, ${open.environmentId}, ${open.feedId}), partitions.attach(${parent}, ${open.environmentId})`,
      );
    }
  });
}
