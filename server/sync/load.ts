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

/** What files became: rows read, rows in error, lines skipped by fingerprint. */
export interface Loaded {
  readonly read: number;
  readonly rejected: number;
  readonly known: number;
}

const LoadRow = z.object({ entity: z.string(), read: z.number(), rejected: z.number(), known: z.number() });
const TrustRow = z.object({ entity: z.string(), shape: z.string() });

/**
 * Loads the entities of one delivery, each in a transaction of its own (SECURITY.md F5). `position` counts the run's
 * deliveries from 1, oldest first. A first load of a large environment lands straight in its own partitions; everything else is
 * staged, in a quick run only the lines that no fingerprint knows. One file is read through at a time, the largest first, so
 * that memory stays flat; while Postgres finishes it (its keys, the join with its fingerprints) the next one is read. Safe to
 * run twice: a file that was loaded stays loaded.
 */
export async function loadDelivery(
  context: SyncContext,
  readers: readonly EntityReader[],
  of: { position: number; deliveries: number },
): Promise<Loaded> {
  const open = await takeOver(context);
  const { done, trusted } = await beginLoading(open, of.position);
  const missing = readers.filter((reader) => !done.some((load) => load.entity === reader.entity));
  const begun: Promise<Loaded>[] = [];
  let hasFailed = false;
  for (const reader of missing.toSorted((a, b) => b.bytes - a.bytes)) {
    if (hasFailed) break;
    await new Promise<void>((hasRead) => {
      const isTrusted = trusted.some(({ entity, shape }) => entity === reader.entity && shape === reader.shape);
      const one = loadOne(open, reader, { ...of, isTrusted, hasRead })
        .catch((cause: unknown) => {
          hasFailed = true;
          throw cause;
        })
        .finally(hasRead);
      // All are asked below; that nobody does yet is no reason to end the process.
      one.catch(() => {});
      begun.push(one);
    });
  }
  // Nothing of a step that failed may go on writing.
  await Promise.allSettled(begun);
  const loaded = [...done, ...(await Promise.all(begun))];
  const sum = (field: keyof Loaded) => loaded.reduce((total, one) => total + one[field], 0);
  return { read: sum("read"), rejected: sum("rejected"), known: sum("known") };
}

/** What an earlier try has loaded, and which fingerprints of the feed's last commit were made of lines that mean the same as which shape's (PERFORMANCE.md §3, 6). */
function beginLoading(open: OpenSet, position: number) {
  return fenced(open, async (tx) => {
    await tx.execute(sql`update runs set state = 'loading' where id = ${open.runId}`);
    const done = await read(
      tx,
      LoadRow,
      sql`select entity, read, rejected, known from loads
          where institution_id = ${open.institutionId} and run_id = ${open.runId} and position = ${position}`,
    );
    const trusted = await read(
      tx,
      TrustRow,
      sql`select entity, shape from readings
          where institution_id = ${open.institutionId} and environment_id = ${open.environmentId} and feed_id = ${open.feedId}`,
    );
    return { done, trusted };
  });
}

async function loadOne(
  open: OpenSet,
  reader: EntityReader,
  of: { position: number; deliveries: number; isTrusted: boolean; hasRead: () => void },
): Promise<Loaded> {
  const { position, hasRead } = of;
  const [progress, issues] = await Promise.all([
    beginPhase(open, "load", reader.file),
    beginIssues(open, { position, entity: reader.entity }),
  ]);
  const loaded = await land({ open, reader, position, issues, progress, hasRead }, of);
  await progress.end(loaded.read);
  return { read: loaded.read, rejected: loaded.rejected, known: loaded.known };
}

async function land(loading: Loading, of: { deliveries: number; isTrusted: boolean }): Promise<Loaded> {
  const { open, reader } = loading;
  const isWhole = (reader.merged ?? []).length === 0 && reader.hasPartial !== true;
  if (open.baseSeq === 0 && open.isOwn && open.schools === null && of.deliveries === 1 && isWhole) return loadDirect(loading);
  // A delta holds little but changes: there is nothing to skip.
  if (open.kind === "quick" && reader.mode === "bulk" && of.isTrusted) return loadQuick(loading);
  return loadStaged(loading);
}
