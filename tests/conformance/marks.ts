import type { Sql } from "postgres";

/** What functions leave behind for the suite to see: a table of its own, so that any server can be asked the same questions. */
export interface Marks {
  /** One row per call: proves how often a body ran. */
  add(about: string, label: string, value?: unknown): Promise<void>;
  /** A stretch of time in which a body was running. */
  during<T>(about: string, label: string, work: () => Promise<T>): Promise<T>;
}

export interface Mark {
  readonly label: string;
  readonly value: unknown;
  readonly at: Date;
  readonly ended_at: Date | null;
}

/** Times are those of the database's clock, also where a test moves it. */
export async function createMarks(sql: Sql): Promise<void> {
  await sql`
    create table marks (
      id bigint primary key generated always as identity,
      about text not null, label text not null, value jsonb,
      at timestamptz not null default durable.now_(), ended_at timestamptz
    )`;
}

export function marksOf(sql: Sql): Marks {
  return {
    add: async (about, label, value = null) => {
      await sql`insert into marks (about, label, value) values (${about}, ${label}, ${JSON.stringify(value)}::text::jsonb)`;
    },
    during: async (about, label, work) => {
      const [row] = await sql<{ id: string }[]>`insert into marks (about, label) values (${about}, ${label}) returning id::text`;
      try {
        return await work();
      } finally {
        await sql`update marks set ended_at = durable.now_() where id = ${row?.id ?? "0"}::text::bigint`;
      }
    },
  };
}

export async function readMarks(sql: Sql, about: string): Promise<Mark[]> {
  return sql<Mark[]>`select label, value, at, ended_at from marks where about = ${about} order by id`;
}
