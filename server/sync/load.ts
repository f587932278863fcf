import { sql } from "drizzle-orm";
import { z } from "zod";
import { read } from "@/db/read";
import type { EntityReader } from "@/server/sources/source";
import type { OpenSet, SyncContext } from "./context";
import { fenced, takeOver } from "./fence";
import { beginIssues } from "./issues";
import { loadDirect } from "./load-direct";
import { loadQuick } from "./load-quick";
import { loadStaged } from "./load-staged";
import type { Loading } from "./loading";
import { beginPhase } from "./progress";

/** What one file became: rows read, rows in error, lines skipped by fingerprint. */
export interface Loaded {
  readonly read: number;
  readonly rejected: number;
  readonly known: number;
}

const LoadRow = z.object({ read: z.number(), rejected: z.number(), known: z.number() });

/**
 * Loads one entity of one delivery, in one transaction per file (SECURITY.md F5). `position` counts the run's deliveries from
 * 1, oldest first. A first load of a large environment lands straight in its own partition; everything else is staged, in
 * a quick run only the lines that no fingerprint knows. Safe to run twice: a file that was loaded stays loaded.
 */
export async function loadEntity(
  context: SyncContext,
  reader: EntityReader,
  of: { position: number; deliveries: number },
): Promise<Loaded> {
  const open = await takeOver(context);
  const done = await fenced(open, async (tx) => {
    await tx.execute(sql`update runs set state = 'loading' where id = ${open.runId}`);
    const [row] = await read(
      tx,
      LoadRow,
      sql`select read, rejected, known from loads
          where institution_id = ${open.institutionId} and run_id = ${open.runId} and position = ${of.position} and entity = ${reader.entity}`,
    );
    return row;
  });
  if (done !== undefined) return done;
  const progress = await beginPhase(open, "load", reader.file);
  const issues = await beginIssues(open, { position: of.position, entity: reader.entity });
  const loading: Loading = { open, reader, position: of.position, issues, progress };
  const loaded = await land(loading, of.deliveries);
  await progress.end(loaded.read);
  return { read: loaded.read, rejected: loaded.rejected, known: loaded.known };
}

async function land(loading: Loading, deliveries: number): Promise<Loaded> {
  const { open, reader } = loading;
  const isFirst = open.baseSeq === 0 && open.isOwn && open.schools === null && deliveries === 1 && (reader.merged ?? []).length === 0;
  if (isFirst) return loadDirect(loading);
  // A delta holds little but changes: there is nothing to skip.
  if (open.kind === "quick" && reader.mode === "bulk" && (await isTrusted(open, reader))) return loadQuick(loading);
  return loadStaged(loading);
}

/** Whether the fingerprints of the feed's last commit were made of lines that mean the same (PERFORMANCE.md §3, 6). */
async function isTrusted(open: OpenSet, reader: EntityReader): Promise<boolean> {
  const rows = await fenced(open, (tx) =>
    tx.execute(sql`select 1 from readings
      where institution_id = ${open.institutionId} and environment_id = ${open.environmentId} and feed_id = ${open.feedId}
        and entity = ${reader.entity} and shape = ${reader.shape}`),
  );
  return rows.length > 0;
}
