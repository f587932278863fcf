import { tablesOf } from "@/db/roster";
import { failpoint } from "@/server/failpoint";
import type { LineSpan } from "@/server/sources/source";
import { type CopySession, withCopySession } from "./copy";
import { loadStaged } from "./load-staged";
import { keepLoad, type Loading, noTally, pass, type Tally, writeStaged } from "./loading";
import { stageColumns, stageName, stageStatements } from "./tables";

/** Changed lines that are fetched and parsed at a time: what bounds memory when many changed (PERFORMANCE.md §3). */
const PAGE_SPANS = 5_000;
/** Above this share of unknown lines parsing everything is cheaper. */
const UNKNOWN_SHARE_MAX = 0.2;
const UNKNOWN_MIN = 2_000;

/**
 * Finds and hashes every line, joins the hashes with the fingerprints both ways, and stages only the lines that none knows;
 * the versions whose line is gone are noted for the comparison. Falls back to staging everything when too much changed.
 */
export async function loadQuick(loading: Loading): Promise<Tally> {
  const tally = await withCopySession(loading.open, (session) => quick(loading, session));
  return tally ?? loadStaged(loading);
}

async function quick(loading: Loading, session: CopySession): Promise<Tally | null> {
  const { open, reader, position } = loading;
  const tally = noTally();
  const total = await copyLines(loading, session);
  const fingerprints = `(select hash, seq, line from ${tablesOf(reader.entity).fingerprints}
    where environment_id = ${open.environmentId} and bucket = ${open.bucket} and feed_id = ${open.feedId} and seq <= ${open.baseSeq})`;
  await session.query(`create temporary table unknown on commit drop as
    select l.line, l.at, l.bytes, l.hash from lines l where not exists (select from ${fingerprints} f where f.hash = l.hash)`);
  const [found] = await session.query<{ unknown: number }>("select count(*)::int as unknown from unknown");
  const unknown = found?.unknown ?? 0;
  if (unknown > UNKNOWN_MIN && unknown > total * UNKNOWN_SHARE_MAX) return null;

  const table = stageName(open.runId, reader.entity);
  for (const statement of stageStatements(open.runId, reader.entity)) await session.query(statement);
  await session.query(`delete from ${table} where position = $1`, [position]);
  await session.query("create index on unknown (line)");
  for (let after = -1; ; ) {
    const page = await session.query<{ line: number; at: string; bytes: number; hash: string }>(
      "select line, at, bytes, hash from unknown where line > $1 order by line limit $2",
      [after, PAGE_SPANS],
    );
    if (page.length === 0) break;
    after = page[page.length - 1]?.line ?? after;
    const spans: LineSpan[] = page.map((row) => ({
      hash: row.hash.replaceAll("-", ""),
      line: row.line,
      offset: Number(row.at),
      bytes: row.bytes,
    }));
    const into = session.copy(`${table} (${stageColumns(reader.entity)})`);
    await pass(loading, reader.at(spans), (rows) => writeStaged(into, { rows, position, tally }));
    await into.end();
    if (page.length < PAGE_SPANS) break;
  }
  await session.query(`analyze ${table}`);
  await noteGone(loading, session, fingerprints);
  await noteTwins(loading, session, fingerprints);
  tally.known = total - unknown;
  tally.read += tally.known;
  tally.repeated = await countRepeated(session, { fingerprints, known: tally.known });
  await keepLoad(session, loading, { landing: "quick", tally, totals: await loading.issues.end() });
  await failpoint("load.landed");
  await session.commit();
  return tally;
}

/** The narrow copy of all lines, in a table that ends with the transaction. */
async function copyLines(loading: Loading, session: CopySession): Promise<number> {
  const { reader, progress } = loading;
  await session.query("create temporary table lines (hash uuid, at bigint, line integer, bytes integer) on commit drop");
  const into = session.copy("lines (hash, at, line, bytes)");
  let total = 0;
  for await (const spans of reader.lines()) {
    let text = "";
    for (const span of spans) text += `${span.hash}\t${span.offset}\t${span.line}\t${span.bytes}\n`;
    await into.write(text);
    total += spans.length;
    const last = spans[spans.length - 1];
    if (last !== undefined) await progress.tell(last.offset + last.bytes, reader.bytes);
    await failpoint("load.copy");
  }
  await into.end();
  await session.query("analyze lines");
  return total;
}

/** Versions of the feed that are current and whose line, if they have one, is not in the file: absent, unless their key is. */
async function noteGone({ open, reader }: Loading, session: CopySession, fingerprints: string): Promise<void> {
  await session.query(
    `insert into ${stageName(open.runId, reader.entity)}_gone (source_key)
     select v.source_key
     from ${tablesOf(reader.entity).versions} v
     where v.environment_id = $1 and v.bucket = $2 and v.feed_id = $3 and v.from_seq <= $4 and v.to_seq is null and v.status <> 'archived'
       and not exists (select from ${fingerprints} f join lines l on l.hash = f.hash where f.seq = v.from_seq and f.line = v.line)`,
    [open.environmentId, open.bucket, open.feedId, open.baseSeq],
  );
  await session.query(`analyze ${stageName(open.runId, reader.entity)}_gone`);
}

/** A staged row whose current version's own line is in the file too: the same id with other data. */
async function noteTwins({ open, reader, position }: Loading, session: CopySession, fingerprints: string): Promise<void> {
  await session.query(
    `update ${stageName(open.runId, reader.entity)} s set twin_line = l.line
     from ${tablesOf(reader.entity).versions} v, ${fingerprints} f, lines l
     where s.position = $5 and v.environment_id = $1 and v.bucket = $2 and v.feed_id = $3 and v.from_seq <= $4 and v.to_seq is null
       and v.source_key = s.source_key and f.seq = v.from_seq and f.line = v.line and l.hash = f.hash`,
    [open.environmentId, open.bucket, open.feedId, open.baseSeq, position],
  );
}

/** Known lines beyond the first with the same bytes. Only looked for when known lines and known fingerprints differ in number. */
async function countRepeated(session: CopySession, of: { fingerprints: string; known: number }): Promise<number> {
  if (of.known === 0) return 0;
  const [found] = await session.query<{ distinct: number }>(
    `select count(*)::int as distinct from ${of.fingerprints} f where exists (select from lines l where l.hash = f.hash)`,
  );
  return Math.max(0, of.known - (found?.distinct ?? 0));
}
