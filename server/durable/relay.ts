import postgres, { type Sql } from "postgres";
import { RECONNECTION } from "@/db/reconnection";
import { log } from "@/server/log";
import { bell } from "./bell";
import { nextEvents, postpone, storedEvent } from "./fan-out";
import type { StoredEvent } from "./run";
import { isOutage, transact } from "./transact";

export interface RelayOptions {
  /** The database, as the role `engine` reaches it. */
  readonly url: string;
  /** Hands events to the real server; rejects unless it took them all. */
  readonly send: (events: readonly StoredEvent[]) => Promise<void>;
  /** How long an idle relay sleeps when nothing wakes it. */
  readonly pollMs?: number;
}

const EVENTS_AT_ONCE = 100;
const IDLE_AFTER_FAILURE_MS = 1_000;

/**
 * Sends what services wrote into `durable.events` to a real Inngest server, oldest first, until `drain`. An event is marked
 * as sent in the transaction that held it while the server took it; after a crash in between it is sent again under the same
 * id, which the server counts once. One that the server refuses is put off alone and does not hold back the others.
 */
export async function startRelay(options: RelayOptions): Promise<{ drain(): Promise<void> }> {
  const sql = postgres(options.url, { max: 2, ...RECONNECTION, onnotice: () => {}, connection: { application_name: "rollcall relay" } });
  const waking = bell();
  let stopping = false;
  let isFailing = false;
  await sql.listen("durable", waking.ring);
  const working = (async () => {
    for (let batch = EVENTS_AT_ONCE; !stopping; ) {
      try {
        const sent = await relay(sql, options, batch);
        batch = EVENTS_AT_ONCE;
        if (isFailing && sent > 0) {
          isFailing = false;
          log.info("events are relayed again");
        }
        if (sent === 0) await waking.wait(options.pollMs ?? 5_000);
      } catch (cause) {
        batch = isOutage(cause) ? EVENTS_AT_ONCE : 1;
        log[isFailing ? "debug" : "warn"]({ code: cause instanceof Error ? cause.name : "unknown" }, "events could not be relayed");
        isFailing = true;
        await waking.wait(IDLE_AFTER_FAILURE_MS);
      }
    }
  })();
  return {
    drain: async () => {
      stopping = true;
      waking.ring();
      await working;
      await sql.end({ timeout: 5 });
    },
  };
}

async function relay(sql: Sql, options: RelayOptions, batch: number): Promise<number> {
  let single: string | null = null;
  try {
    return await transact(sql, async (tx) => {
      const rows = await nextEvents(tx, batch);
      if (rows.length === 0) return 0;
      single = rows.length === 1 ? (rows[0]?.item ?? null) : null;
      await options.send(rows.map(storedEvent));
      await tx`delete from durable.queue where id = any(${rows.map((row) => row.item)}::text[]::bigint[])`;
      await tx`update durable.events set fanned_out_at = durable.now_() where id = any(${rows.map((row) => row.id)})`;
      return rows.length;
    });
  } catch (cause) {
    if (single !== null && !isOutage(cause)) await postpone(sql, single, cause);
    throw cause;
  }
}
