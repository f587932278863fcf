import { once } from "node:events";
import type pg from "pg";
import { type CopyStreamQuery, from as copyFrom } from "pg-copy-streams";
import { borrowConnection, closeConnection, returnConnection } from "./connections";
import type { OpenSet } from "./context";
import { connectionName, SetLost } from "./fence";

/** How long a COPY may wait for the server to take more, or to finish. */
const STALLED_AFTER_MS = 120_000;
/** What may wait on the way, so that the next rows are read while the server takes these. */
const AHEAD_BYTES = 1024 * 1024;

/** A connection of its own in one fenced transaction. COPY cannot go through the pool: its client hangs on a bad row. */
export interface CopySession {
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Starts a COPY of CSV in which an empty cell is null, or of binary tuples. One at a time. */
  copy(into: CopyTarget): CopyInto;
  commit(): Promise<void>;
  /** Commits, and begins another transaction of the same fence. */
  commitAndGoOn(): Promise<void>;
}

export interface CopyTarget {
  readonly table: string;
  readonly columns: string;
  readonly form: "csv" | "binary";
  /** Columns whose cells may come in quotes though they are empty. */
  readonly maybeQuoted?: readonly string[];
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
  const opened = openSession(open);
  try {
    return await work(await opened.session);
  } finally {
    await opened.end();
  }
}

/** The same with two sessions, which connect at the same time. */
export async function withCopySessions<T>(open: OpenSet, work: (one: CopySession, other: CopySession) => Promise<T>): Promise<T> {
  const opened = [openSession(open), openSession(open)] as const;
  try {
    const [one, other] = await Promise.all([opened[0].session, opened[1].session]);
    return await work(one, other);
  } finally {
    await Promise.all(opened.map((each) => each.end()));
  }
}

function openSession(open: OpenSet): { readonly session: Promise<CopySession>; end(): Promise<void> } {
  const url = open.databases.copyUrl;
  const borrowed = borrowConnection(url);
  let lost: Error | null = null;
  // Only after a commit is nothing open any more.
  let isClean = false;
  const loses = (cause: Error) => {
    lost = cause;
  };
  const begin = async (client: pg.Client): Promise<void> => {
    isClean = false;
    await client.query("begin");
    await client.query(
      "select set_config('app.institution_id', $1, true), set_config('jit', 'off', true), set_config('work_mem', '64MB', true), set_config('maintenance_work_mem', '256MB', true), set_config('random_page_cost', '1.1', true)",
      [String(open.institutionId)],
    );
    const held = await client.query("select 1 from environment_leases where environment_id = $1 and fence = $2 for share", [
      open.environmentId,
      open.fence,
    ]);
    if (held.rowCount === 0) throw new SetLost(`Another process took run ${open.runId} over`);
  };
  const start = async (): Promise<CopySession> => {
    const client = await borrowed;
    client.on("error", loses);
    // Whoever takes over finds and ends it by this name.
    await client.query("select set_config('application_name', $1, false)", [connectionName(open)]);
    await begin(client);
    const commit = async () => {
      await client.query("commit");
      isClean = true;
    };
    return {
      query: async (text, values = []) => (await client.query(text, [...values])).rows,
      copy: (into) => {
        const stream = client.query(copyFrom(copyStatement(into), { highWaterMark: AHEAD_BYTES }));
        return into.form === "binary" ? framed(copyInto(stream, () => lost)) : copyInto(stream, () => lost);
      },
      commit,
      commitAndGoOn: async () => {
        await commit();
        await begin(client);
      },
    };
  };
  const session = start();
  // Whoever waits for it is told; that nobody does yet is no reason to end the process.
  session.catch(() => {});
  const end = async (): Promise<void> => {
    const client = await borrowed.catch(() => null);
    if (client === null) return;
    client.off("error", loses);
    await (isClean && lost === null ? returnConnection(url, client) : closeConnection(client));
  };
  return { session, end };
}

function copyStatement({ table, columns, form, maybeQuoted = [], freeze }: CopyTarget): string {
  const options = [
    `format ${form}`,
    ...(maybeQuoted.length > 0 ? [`force_null (${maybeQuoted.join(", ")})`] : []),
    ...(freeze === true ? ["freeze"] : []),
  ];
  return `copy ${table} (${columns}) from stdin with (${options.join(", ")})`;
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
