import { type SQL, sql } from "drizzle-orm";

/** An event as services send it: ids only, never names or addresses. */
export interface OutgoingEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** The same id counts once in 24 hours. */
  readonly id?: string;
}

/** Any Drizzle transaction (or pool) on postgres.js. */
interface Executes {
  execute(query: SQL): PromiseLike<Iterable<Record<string, unknown>>>;
}

/**
 * Writes an event in the caller's own transaction: it exists exactly if the change that caused it does. Resolves to the
 * event's id, or to that of the event which came with the same `id` before. Rejects events larger than 512 KB.
 */
export async function emitEvent(tx: Executes, event: OutgoingEvent): Promise<string> {
  const rows = await tx.execute(
    sql`select durable.emit(${event.name}::text, ${JSON.stringify(event.data)}::text::jsonb, ${event.id ?? null}::text) as id`,
  );
  for (const row of rows) if (typeof row.id === "string") return row.id;
  throw new Error("durable.emit returned no id");
}
