import { tablesOf } from "@/db/roster";
import { failpoint } from "@/server/failpoint";
import type { Entity } from "@/server/roster/entities";
import type { LineSpan } from "@/server/sources/source";
import type { OpenSet } from "./context";
import { type CopySession, withCopySessions } from "./copy";
import { copyOf, rowWriter } from "./copy-form";
import { countedBy } from "./groups";
import { loadStaged } from "./load-staged";
import { keepLoad, type Loading, noTally, pass, stagedForm, type Tally, writeStaged } from "./loading";
import { beforeName, ownPartition, stageName, stageStatements } from "./tables";
import { lineTuples } from "./tuples";

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
  const tally = await withCopySessions(loading.open, (lines, counts) => quick(loading, { lines, counts }));
  return tally ?? loadStaged(loading);
}

/** The two connections: while one takes the lines, which Postgres does with ease, the other counts. */
interface Sessions {
  readonly lines: CopySession;
  readonly counts: CopySession;
}

async function quick(loading: Loading, { lines: session, counts }: Sessions): Promise<Tally | null> {
  const { open, reader, position } = loading;
  const tally = noTally();
  const [total, before] = await Promise.all([copyLines(loading, session), countBefore(loading, counts)]);
  loading.hasRead();
  const marks = await joinFingerprints(loading, session);
  if (marks.unknown > UNKNOWN_MIN && marks.unknown > total * UNKNOWN_SHARE_MAX) return null;
  const table = stageName(open.runId, reader.entity);
  const form = stagedForm(position);
  const line = rowWriter(reader, form);
  for (const statement of stageStatements(open.runId, reader.entity)) await session.query(statement);
  await session.query(`delete from ${table} where position = $1`, [position]);
  for (let after = -1; ; ) {
    const page = await session.query<{ line: number; at: string; bytes: number; hash: string }>(
      "select line, at, bytes, hash from odd where line > $1 order by line limit $2",
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
    const into = session.copy({ table, ...copyOf(reader, form) });
    await pass(loading, reader.at(spans), ({ rows }) => writeStaged(into, { rows, tally, line }));
    await into.end();
    if (page.length < PAGE_SPANS) break;
  }
  if (reader.strays !== undefined) await pass(loading, reader.strays(), async () => {});
  await session.query(`analyze ${table}`);
  await noteGone(loading, session, before);
  await noteTwins(loading, session);
  await session.query(`drop table ${linesOf(loading)}`);
  tally.known = total - marks.unknown;
  tally.read += tally.known;
  // More known lines than fingerprints that met one: the same bytes stand there more than once.
  tally.repeated = Math.max(0, tally.known - (before.fingerprints - marks.vanished));
  await keepLoad(session, loading, { landing: "quick", tally, totals: await loading.issues.end() });
  await failpoint("load.landed");
  await session.commit();
  return tally;
}

/** What stands there before the run: active versions, and fingerprints. */
interface Before {
  readonly active: number;
  readonly fingerprints: number;
}

/** Counts what stands there, the active versions by what reports tell apart: the tie-out reads that instead of the roster. */
async function countBefore({ open, reader }: Loading, session: CopySession): Promise<Before> {
  const table = beforeName(open.runId, reader.entity);
  const columns = countedBy(reader.entity).join(", ");
  // The other core reads the file meanwhile.
  await session.query("set local max_parallel_workers_per_gather = 0");
  await session.query(`drop table if exists ${table}`);
  await session.query(
    `create table ${table} as select ${columns}, count(*) as n from (${activeHere(open, reader.entity)}) v group by ${columns}`,
  );
  const [counted] = await session.query<Before & Record<string, number>>(
    `select (select coalesce(sum(n), 0)::int from ${table}) as active, (select count(*)::int from (${fingerprintsHere(open, reader.entity)}) f) as fingerprints`,
  );
  await session.commit();
  return counted ?? { active: 0, fingerprints: 0 };
}

interface Marks {
  /** Lines that no fingerprint knows, and fingerprints whose line is gone. */
  readonly unknown: number;
  readonly vanished: number;
}

/** One join both ways: what stands on one side only is all that a quick run looks at (0.6 F when nothing changed). */
async function joinFingerprints(loading: Loading, session: CopySession): Promise<Marks> {
  const { open, reader } = loading;
  // Hashes come in no order: sorting both sides for a merge takes twice as long as one hash table.
  await session.query("set local enable_mergejoin = off");
  await session.query(`create temporary table odd on commit drop as
    select l.line, l.at, l.bytes, l.hash, f.seq as seq, f.line as version_line
    from ${linesOf(loading)} l
    full join (${fingerprintsHere(open, reader.entity)}) f on f.hash = l.hash
    where l.hash is null or f.hash is null`);
  await session.query("set local enable_mergejoin = on");
  await session.query("create index on odd (line)");
  await session.query("analyze odd");
  const [counted] = await session.query<Marks & Record<string, number>>(
    "select count(*) filter (where hash is not null)::int as unknown, count(*) filter (where hash is null)::int as vanished from odd",
  );
  return counted ?? { unknown: 0, vanished: 0 };
}

/** Where the lines of a file lie until the end of the transaction. No temporary table: several processes read this one. */
const linesOf = ({ open, reader }: Loading): string => `${stageName(open.runId, reader.entity)}_lines`;

async function copyLines(loading: Loading, session: CopySession): Promise<number> {
  const { reader, progress } = loading;
  const table = linesOf(loading);
  await session.query(`create unlogged table ${table} (hash uuid, at bigint, line integer, bytes integer)`);
  const into = session.copy({ table, columns: "hash, at, line, bytes", form: "binary" });
  let total = 0;
  for await (const block of reader.lines()) {
    await into.write(lineTuples(block));
    total += block.count;
    const last = block.count - 1;
    await progress.tell((block.offsets[last] ?? 0) + (block.bytes[last] ?? 0), reader.bytes);
    await failpoint("load.copy");
  }
  await into.end();
  return total;
}

/** Where the environment's rows of a table are read: in a partition of its own they are all that there is. */
const hereIn = (open: OpenSet, entity: Entity, of: "versions" | "fingerprints"): string =>
  open.isOwn
    ? `${ownPartition(open, entity, of)} where true`
    : `${tablesOf(entity)[of]} where environment_id = ${open.environmentId} and bucket = ${open.bucket}`;

/** The feed's fingerprints, as text for a session. Numbers only. */
const fingerprintsHere = (open: OpenSet, entity: Entity): string =>
  `select hash, seq, line from ${hereIn(open, entity, "fingerprints")} and feed_id = ${open.feedId} and seq <= ${open.baseSeq}`;

/** The feed's current, active versions, as text for a session. */
const activeHere = (open: OpenSet, entity: Entity): string =>
  `select * from ${hereIn(open, entity, "versions")} and feed_id = ${open.feedId}
     and from_seq <= ${open.baseSeq} and to_seq is null and status <> 'archived'`;

/**
 * Current versions whose line is gone: absent, unless their key still comes. Usually each has its fingerprint, so those that
 * vanished are all; where some have none (their line was refused, or in error) these are looked for too.
 */
async function noteGone({ open, reader }: Loading, session: CopySession, before: Before): Promise<void> {
  const gone = `${stageName(open.runId, reader.entity)}_gone`;
  await session.query(`insert into ${gone} (source_key)
    select v.source_key from odd o join (${activeHere(open, reader.entity)}) v on v.from_seq = o.seq and v.line = o.version_line where o.hash is null`);
  if (before.active !== before.fingerprints) {
    await session.query(`insert into ${gone} (source_key)
      select v.source_key from (${activeHere(open, reader.entity)}) v
      where not exists (select from (${fingerprintsHere(open, reader.entity)}) f where f.seq = v.from_seq and f.line = v.line)`);
  }
  await session.query(`analyze ${gone}`);
}

/** A staged row whose current version is not gone: that version's own line is in the file too, the same id with other data. */
async function noteTwins(loading: Loading, session: CopySession): Promise<void> {
  const { open, reader } = loading;
  const table = stageName(open.runId, reader.entity);
  const twins = await session.query<{ source_key: string; seq: number; line: number }>(
    `select s.source_key, v.from_seq as seq, v.line from ${table} s join (${activeHere(open, reader.entity)}) v on v.source_key = s.source_key
     where not exists (select from ${table}_gone g where g.source_key = s.source_key)`,
  );
  if (twins.length === 0) return;
  await session.query(
    `update ${table} s set twin_line = l.line
     from unnest($1::text[], $2::int[], $3::int[]) t(source_key, seq, line), (${fingerprintsHere(open, reader.entity)}) f, ${linesOf(loading)} l
     where s.source_key = t.source_key and f.seq = t.seq and f.line = t.line and l.hash = f.hash`,
    [twins.map((twin) => twin.source_key), twins.map((twin) => twin.seq), twins.map((twin) => twin.line)],
  );
}
