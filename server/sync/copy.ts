import { once } from "node:events";
import pg from "pg";
import { type CopyStreamQuery, from as copyFrom } from "pg-copy-streams";
import type { OpenSet } from "./context";
import { connectionName, SetLost } from "./fence";

/** How long a COPY may wait for the server to take more, or to finish. */
const STALLED_AFTER_MS = 120_000;
/** What may wait on the way, so that the next rows are read while the server takes these. */
const AHEAD_BYTES = 1024 * 1024;

/** A connection of its own in one fenced transaction. COPY cannot go through the pool: its client hangs on a bad row. */
export interface CopySession {
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Starts a COPY of CSV in which an empty cell is null, with quotes or without, or of binary tuples. */
  copy(into: CopyTarget): CopyInto;
  commit(): Promise<void>;
}

export interface CopyTarget {
  readonly table: string;
  readonly columns: string;
  readonly form: "csv" | "binary";
  /** The table is this transaction's own: its rows need not be frozen later. */
  readonly freeze?: boolean;
}

export interface CopyInto {
  /** Hands over whole lines, or whole tuples; waits when the server is behind. */
  write(rows: string | Buffer): Promise<void>;
  /** Ends the COPY; rejects with what the server found wrong. */
  end(): Promise<void>;
}

/** Opens a fenced session, runs `work` in its transaction, and leaves nothing behind unless `work` committed. */
export async function withCopySession<T>(open: OpenSet, work: (session: CopySession) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: open.databases.copyUrl,
    application_name: connectionName(open),
    connectionTimeoutMillis: 10_000,
  });
  let lost: Error | null = null;
  client.on("error", (cause) => {
    lost = cause;
  });
  await client.connect();
  const session: CopySession = {
    query: async (text, values = []) => (await client.query(text, [...values])).rows,
    copy: (into) => {
      const stream = client.query(copyFrom(copyStatement(into), { highWaterMark: AHEAD_BYTES }));
      return into.form === "binary" ? framed(copyInto(stream, () => lost)) : copyInto(stream, () => lost);
    },
    commit: async () => {
      await client.query("commit");
    },
  };
  try {
    await client.query("begin");
    await client.query(
      "select set_config('app.institution_id', $1, true), set_config('jit', 'off', true), set_config('work_mem', '64MB', true), set_config('maintenance_work_mem', '256MB', true)",
      [String(open.institutionId)],
    );
    const held = await client.query("select 1 from environment_leases where environment_id = $1 and fence = $2 for share", [
      open.environmentId,
      open.fence,
    ]);
    if (held.rowCount === 0) throw new SetLost(`Another process took run ${open.runId} over`);
    return await work(session);
  } finally {
    // Ending the connection rolls back whatever was not committed; a dead one has nothing to say any more.
    await client.end().catch(() => {});
  }
}

function copyStatement({ table, columns, form, freeze }: CopyTarget): string {
  const options = form === "binary" ? ["format binary"] : ["format csv", `force_null (${columns})`];
  return `copy ${table} (${columns}) from stdin with (${[...options, ...(freeze === true ? ["freeze"] : [])].join(", ")})`;
}

/** What begins and ends a COPY of binary tuples. */
function framed(into: CopyInto): CopyInto {
  let begun = false;
  const begin = async () => {
    if (!begun) await into.write(Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]));
    begun = true;
  };
  return {
    async write(rows) {
      await begin();
      await into.write(rows);
    },
    async end() {
      await begin();
      await into.write(Buffer.from([0xff, 0xff]));
      await into.end();
    },
  };
}

function copyInto(stream: CopyStreamQuery, lost: () => Error | null): CopyInto {
  let failure: Error | null = null;
  stream.on("error", (cause) => {
    failure = cause;
  });
  const problem = () => failure ?? lost();
  return {
    async write(lines) {
      const before = problem();
      if (before !== null) throw before;
      if (!stream.write(lines)) await within(once(stream, "drain"), stream);
    },
    async end() {
      const before = problem();
      if (before !== null) throw before;
      const finished = once(stream, "finish");
      stream.end();
      await within(finished, stream);
    },
  };
}

async function within(what: Promise<unknown>, stream: CopyStreamQuery): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const cause = new Error("COPY made no progress");
      stream.destroy(cause);
      reject(cause);
    }, STALLED_AFTER_MS);
  });
  try {
    await Promise.race([what, stalled]);
  } finally {
    clearTimeout(timer);
  }
}

const csvCell = (value: string | null): string => (value === null ? "" : QUOTED.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

const QUOTED = /[",\n\r]/;
const MUST_BE_QUOTED = /["\n\r]/;

/**
 * Cells as CSV, null as nothing. One join and one look at the whole: pieces that are put together cell by cell cost more in
 * garbage than everything else here.
 */
export function csvCells(cells: readonly (string | null)[]): string {
  const text = cells.join(",");
  let commas = 0;
  for (let at = text.indexOf(","); at !== -1; at = text.indexOf(",", at + 1)) commas += 1;
  return commas === cells.length - 1 && !MUST_BE_QUOTED.test(text) ? text : cells.map(csvCell).join(",");
}
