import type { Sql } from "postgres";
import { failureOf } from "@/server/failure";
import { log } from "@/server/log";
import { carry, forget, type Registration, register } from "./registry";

export interface CarryingOptions {
  readonly worker: string;
  readonly registration: Registration;
  /** How long functions stay registered after the last beat of the last worker that has them. */
  readonly carriedMs: number;
  readonly beatMs: number;
}

/**
 * Keeps a worker's functions registered while it lives, and forgets those of its app that no living worker has. It forgets
 * only after it has itself been heard of for that long without a break: when the database was away, or this worker frozen, the
 * others have had the time to be heard of again. A worker whose functions were forgotten all the same registers them anew.
 */
export function keepCarrying(sql: Sql, options: CarryingOptions): { stop(): Promise<void> } {
  const { worker, registration, carriedMs } = options;
  const own = registration.configs.map(({ id }) => id);
  let steadySince: number | null = null;
  let heardAt = 0;
  const beat = async (): Promise<void> => {
    if (!(await carry(sql, own, carriedMs))) {
      log.warn({ worker }, "durable functions were forgotten and are registered anew");
      await register(sql, registration, carriedMs);
    }
    const now = performance.now();
    if (steadySince === null || now - heardAt > carriedMs) steadySince = now;
    heardAt = now;
    if (now - steadySince < carriedMs) return;
    const gone = await forget(sql, { app: registration.app, own });
    if (gone.length > 0) log.info({ worker, functions: gone }, "durable functions that no worker has any more were forgotten");
  };
  let beating: Promise<void> | null = null;
  const timer = setInterval(() => {
    beating ??= beat()
      .catch((cause: unknown) => {
        steadySince = null;
        log.warn({ worker, ...failureOf(cause) }, "durable functions could not be kept registered");
      })
      .finally(() => {
        beating = null;
      });
  }, options.beatMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await beating;
    },
  };
}
