import { tablesOf } from "@/db/roster";
import { failpoint } from "@/server/failpoint";
import type { Entity } from "@/server/roster/entities";
import type { Issue } from "@/server/roster/issue";
import { blockOfSpans } from "@/server/sources/lib/line-block";
import { type CopyInto, type CopySession, withCopySession, withCopySessions } from "./copy";
import { type CopyForm, chunksOf, copyOf, rowWriter } from "./copy-form";
import { count, type KeyedRow, keepLoad, type Loading, newSourcedId, noTally, pass, type Tally } from "./loading";
import { columnsOf, ownPartition } from "./tables";
import { markTuples } from "./tuples";

/** Below this many bytes a second connection costs more than it saves. */
const SMALL_BYTES = 1024 * 1024;

/**
 * The first load of a large environment: rows go straight to their final place, an own partition without indexes, hashes
 * beside them on a second connection. The key, built afterwards, is also the search for duplicates (PERFORMANCE.md §3).
 */
export async function loadDirect(loading: Loading): Promise<Tally> {
  const { open, reader } = loading;
  if (reader.bytes < SMALL_BYTES) return withCopySession(open, (session) => land(loading, { versions: session, fingerprints: session }));
  return withCopySessions(open, (versions, fingerprints) => land(loading, { versions, fingerprints }));
}

/** The two connections, or twice the same. */
interface Sessions {
  readonly versions: CopySession;
  readonly fingerprints: CopySession;
}

async function land(loading: Loading, to: Sessions): Promise<Tally> {
  const { open, reader } = loading;
  const { versions, fingerprints } = to;
  const tables = tablesOf(reader.entity);
  const made = "select partitions.make($1, $2, $3)";
  await Promise.all([
    versions.query(made, [tables.versions, open.environmentId, open.feedId]),
    fingerprints.query(made, [tables.fingerprints, open.environmentId, open.feedId]),
  ]);
  const tally = await copyRows(loading, to);
  loading.hasRead();
  const isUnique = fingerprints === versions || (await buildIndexes(loading, to));
  const attach = "select partitions.attach($1, $2) as done";
  const [key] = await Promise.all([
    isUnique ? versions.query<Done>(attach, [tables.versions, open.environmentId]) : [],
    fingerprints.query(attach, [tables.fingerprints, open.environmentId]),
  ]);
  const doubled = key[0]?.done === true ? [] : await removeDoubled(loading, { versions, tally });
  if (fingerprints !== versions) await fingerprints.commit();
  if (doubled.length > 0) {
    await versions.query(attach, [tables.versions, open.environmentId]);
    await versions.query(
      `delete from ${tables.fingerprints} where environment_id = $1 and bucket = $2 and seq = $3 and line = any($4::int[])`,
      [open.environmentId, open.bucket, open.seq, doubled],
    );
  }
  await keepLoad(versions, loading, { landing: "direct", tally, totals: await loading.issues.end() });
  await failpoint("load.landed");
  await versions.commit();
  return tally;
}

type Done = Readonly<Record<"done", boolean>>;

/**
 * Builds the key and the index of pages at the same time. The table is committed for it; attached to nothing, it is nobody's yet.
 * False where keys stand there twice.
 */
async function buildIndexes({ open, reader }: Loading, { versions, fingerprints }: Sessions): Promise<boolean> {
  const build = "select partitions.build($1, $2, $3) as done";
  await Promise.all([versions.commitAndGoOn(), fingerprints.commitAndGoOn()]);
  const parent = tablesOf(reader.entity).versions;
  const [key] = await Promise.all([
    versions.query<Done>(build, [parent, open.environmentId, "key"]),
    fingerprints.query(build, [parent, open.environmentId, "page"]),
  ]);
  // Attaching waits for whoever still holds the table.
  await fingerprints.commitAndGoOn();
  return key[0]?.done === true;
}

/** What a row says in its final place beyond its cells; the rest are defaults of its partition. */
const landedForm = (feedId: number, entity: Entity): CopyForm => ({
  hashed: false,
  more: ["status", "modified_at", "sourced_id", "extras"],
  ofPlain: ["active", null, null, null],
  ofRow: (row) => [row.status, row.modifiedAt, newSourcedId({ feedId, entity, sourceKey: row.sourceKey }), row.extras],
});

async function copyRows(loading: Loading, to: Sessions): Promise<Tally> {
  const { open, reader } = loading;
  const { entity } = reader;
  const tally = noTally();
  const form = landedForm(open.feedId, entity);
  const line = rowWriter(reader, form);
  const rows = to.versions.copy({ table: ownPartition(open, entity, "versions"), ...copyOf(reader, form), freeze: true });
  const marks = copyMarks(to, ownPartition(open, entity, "fingerprints"));
  await pass(loading, chunksOf(reader, form), async (chunk) => {
    const { plain } = chunk;
    // What is to be deleted was never there.
    const others = chunk.rows.filter((row): row is KeyedRow => count(tally, row) && row.valid && row.status !== "tobedeleted");
    if (plain !== undefined && plain.count > 0) {
      tally.read += plain.count;
      await Promise.all([rows.write(plain.csv), marks.write(markTuples(plain))]);
    }
    if (others.length > 0) await Promise.all([rows.write(others.map(line).join("")), marks.write(markTuples(blockOfSpans(others)))]);
    await failpoint("load.copy");
  });
  await rows.end();
  await marks.end();
  return tally;
}

/** The COPY of fingerprints; on the connection that the rows are on they wait for its end. */
function copyMarks({ versions, fingerprints }: Sessions, table: string): CopyInto {
  const begin = () => fingerprints.copy({ table, columns: "hash, line", form: "binary", freeze: true });
  if (fingerprints !== versions) return begin();
  const waiting: (string | Buffer)[] = [];
  return {
    write: async (tuples) => {
      waiting.push(tuples);
    },
    end: async () => {
      const into = begin();
      for (const tuples of waiting) await into.write(tuples);
      await into.end();
    },
  };
}

/** Removes rows whose key stands there twice: all of them where they differ, all but the first where they are the same. */
async function removeDoubled(loading: Loading, at: { versions: CopySession; tally: Tally }): Promise<number[]> {
  const { open, reader, issues } = loading;
  const content = [...columnsOf(reader.entity), "status", "extras"].join(", ");
  const table = ownPartition(open, reader.entity, "versions");
  const groups = await at.versions.query<{ source_key: string; lines: number[]; same: boolean }>(
    `select source_key, array_agg(line order by line) as lines, count(distinct md5(row(${content})::text)) = 1 as same
     from ${table} group by source_key having count(*) > 1 order by min(line)`,
  );
  const removed: number[] = [];
  const found: Issue[] = [];
  for (const { source_key: sourceKey, lines, same } of groups) {
    const places = lines.map((line) => `${reader.file}:${line}`).join(", ");
    for (const line of same ? lines.slice(1) : lines) {
      removed.push(line);
      const about = { entity: reader.entity, sourceKey, at: `${reader.file}:${line}`, seen: sourceKey } as const;
      if (same) {
        found.push({ ...about, severity: "warning", code: "DUPLICATE_ROW", detail: `The same row stands in ${places}; it was read once.` });
      } else {
        found.push({
          ...about,
          severity: "error",
          code: "DUPLICATE_ID",
          detail: `${places} have the same id and differ; none was applied.`,
        });
      }
    }
    if (!same) at.tally.rejected += lines.length;
    else at.tally.repeated += lines.length - 1;
  }
  await issues.add(found);
  await at.versions.query("select partitions.remove($1, $2, $3::int[])", [tablesOf(reader.entity).versions, open.environmentId, removed]);
  return removed;
}
