import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { database } from "@/server/database";
import { failureOf } from "@/server/failure";
import { log } from "@/server/log";
import { repeating } from "@/server/repeating";

const PAUSE_MS = { first: 1_000, longest: 60_000 } as const;

/**
 * Registers the functions at a real server until it takes them, with pauses that double up to a minute. How it stands is kept
 * in the database, for `/api/metrics` and the doctor, and logged when it changes. `register` resolves to the status that came back.
 */
export function keepRegistering(task: { url: string; register: () => Promise<number> }): { stop(): Promise<void> } {
  let last: number | null = null;
  let pauseMs: number = PAUSE_MS.first / 2;
  const offering = repeating(async () => {
    const status = await task.register().catch((cause: unknown) => {
      log.debug(failureOf(cause), "the functions could not be offered");
      return 500;
    });
    if (status !== last) tell(task.url, status);
    last = status;
    await note(task.url, status);
    pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest);
    return status === 200 ? null : pauseMs;
  });
  return {
    stop: async () => {
      await offering.stop();
      await noted((engine) => engine.execute(sql`delete from durable.registrations where url = ${task.url}`));
    },
  };
}

/** What was said to a real server counts for nothing once the functions run here. */
export async function forgetRegistrations(): Promise<void> {
  await noted((engine) => engine.execute(sql`delete from durable.registrations`));
}

function tell(url: string, status: number): void {
  if (status === 200) log.info({ url }, "functions registered");
  else log.error({ url, status }, "the Inngest server did not take the functions; they are offered again until it does");
}

const note = (url: string, status: number): Promise<void> =>
  noted((engine) =>
    engine.execute(sql`
      insert into durable.registrations as r (url, status, since, tried_at) values (${url}, ${status}, durable.now_(), durable.now_())
      on conflict (url) do update set status = excluded.status, tried_at = excluded.tried_at,
        since = case when (r.status = 200) = (excluded.status = 200) then r.since else excluded.since end`),
  );

/** The database may be away as well: the server must hear of the functions all the same. */
async function noted(work: (engine: Transaction) => Promise<unknown>): Promise<void> {
  try {
    await (await database("engine")).untenanted(work);
  } catch (cause) {
    log.warn(failureOf(cause), "how the registration stands could not be noted");
  }
}
