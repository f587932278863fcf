import { hostname } from "node:os";
import postgres, { type Sql } from "postgres";
import { z } from "zod";
import { RECONNECTION } from "@/db/reconnection";
import { failpoint } from "@/server/failpoint";
import { failureOf } from "@/server/failure";
import { log } from "@/server/log";
import { type Bell, bell } from "./bell";
import { call, type Endpoint, inBandSync, requestBody } from "./call";
import { institutionOf, logCall } from "./call-log";
import { keepCarrying } from "./carrying";
import { commit } from "./commit";
import { doControls } from "./control";
import { untilNextMs, whatIsDue } from "./due";
import { fanOut } from "./fan-out";
import type { FunctionSpec } from "./function-spec";
import { keepHouse } from "./housekeeping";
import { claim, type Held, heartbeat, release } from "./lease";
import { type Outcome, outcomeOf, rejected } from "./outcome";
import { reap } from "./reap";
import { currentRegistry, type Registration, type Registry, register } from "./registry";
import { startScheduled } from "./schedule";
import { isOutage } from "./transact";

export interface ExecutorOptions {
  /** The database, as the role `engine` reaches it. */
  readonly url: string;
  /** The functions' handler in this process, and the key that only the two of them know. */
  readonly endpoint: Endpoint;
  readonly workerName?: string;
  /** Calls at once. */
  readonly parallel?: number;
  /** A call whose worker is silent for so long is done again by another. */
  readonly leaseMs?: number;
  readonly heartbeatMs?: number;
  /** How long an idle worker sleeps when nothing wakes it. */
  readonly pollMs?: number;
  /** How long `drain` waits for calls under way before it gives them back. */
  readonly drainMs?: number;
}

export interface Executor {
  /** Stops taking work, waits for what is under way, gives back the rest without counting an attempt, and closes. */
  drain(): Promise<void>;
}

interface State {
  readonly sql: Sql;
  readonly options: Required<ExecutorOptions>;
  readonly own: readonly string[];
  readonly bell: Bell;
  readonly underWay: Map<string, { held: Held; done: Promise<void> }>;
  registry: Registry;
  stopping: boolean;
}

const HOUSEKEEPING_MS = 3_600_000;
const EVENTS_PER_TURN = 100;
/** Functions of a worker that is silent for so many leases are no longer its own: a little longer than calls, which another one takes. */
const LEASES_CARRIED = 2;
const RETENTION = { runDays: 30, eventDays: 7 };

/**
 * Registers the endpoint's functions and runs them until `drain`. Any number of processes may do so on one database. Rejects
 * when the functions cannot be registered; after that, outages of the database are waited out.
 */
export async function startExecutor(given: ExecutorOptions): Promise<Executor> {
  const options: Required<ExecutorOptions> = {
    workerName: `${hostname()}:${process.pid}`,
    parallel: 8,
    leaseMs: 60_000,
    heartbeatMs: 15_000,
    pollMs: 5_000,
    drainMs: 25_000,
    ...given,
  };
  const sql = postgres(options.url, {
    max: options.parallel + 3,
    ...RECONNECTION,
    onnotice: () => {},
    connection: { application_name: `rollcall durable ${options.workerName}` },
  });
  const carriedMs = options.leaseMs * LEASES_CARRIED;
  const registration = await registerOwn(sql, options.endpoint, carriedMs).catch(async (cause: unknown) => {
    await sql.end({ timeout: 5 });
    throw cause;
  });
  const state: State = {
    sql,
    options,
    own: registration.configs.map(({ id }) => id),
    bell: bell(),
    underWay: new Map(),
    registry: await currentRegistry(sql, null),
    stopping: false,
  };
  await sql.listen("durable", () => state.bell.ring());
  const beating = startHeartbeat(state);
  const carrying = keepCarrying(sql, { worker: options.workerName, registration, carriedMs, beatMs: options.heartbeatMs });
  const turning = turnUntilStopped(state);
  log.info({ worker: options.workerName, functions: state.own.length }, "durable executor started");
  return {
    drain: async () => {
      state.stopping = true;
      state.bell.ring();
      await turning;
      await finishOrRelease(state);
      clearInterval(beating);
      await carrying.stop();
      await sql.end({ timeout: 5 });
      log.info({ worker: options.workerName }, "durable executor stopped");
    },
  };
}

const Registered = z.looseObject({
  app_id: z.string(),
  functions: z.array(z.looseObject({ id: z.string() })),
});

async function registerOwn(sql: Sql, endpoint: Endpoint, carriedMs: number): Promise<Registration> {
  const answer = Registered.parse(await inBandSync(endpoint));
  const registration = { app: answer.app_id, configs: answer.functions };
  await register(sql, registration, carriedMs);
  return registration;
}

async function turnUntilStopped(state: State): Promise<void> {
  let housekeptAt = 0;
  for (let failures = 0; !state.stopping; ) {
    try {
      if (Date.now() - housekeptAt > HOUSEKEEPING_MS) {
        housekeptAt = Date.now();
        await keepHouse(state.sql, RETENTION);
      }
      const busy = await turn(state);
      failures = 0;
      if (!busy) await state.bell.wait(await idleMs(state));
    } catch (cause) {
      failures += 1;
      if (isOutage(cause)) log.warn({ worker: state.options.workerName, code: codeOf(cause) }, "durable executor waits for the database");
      else log.error({ worker: state.options.workerName, ...failureOf(cause) }, "durable executor turn failed");
      await state.bell.wait(Math.min(2_000, 50 * 2 ** Math.min(failures, 6)));
    }
  }
}

/** Does what is due and takes what can be taken; false when there was nothing. */
async function turn(state: State): Promise<boolean> {
  const { sql } = state;
  const due = await whatIsDue(sql);
  let done = 0;
  if (due.schedules || due.controls || due.events || due.expired) {
    state.registry = await currentRegistry(sql, state.registry);
    const functions = state.registry.byId;
    if (due.controls) done += await doControls(sql, functions);
    if (due.events) done += await fanOut(sql, functions, EVENTS_PER_TURN);
    if (due.schedules) done += await startScheduled(sql, functions);
    if (due.expired) {
      const expired = await reap(sql, functions);
      if (expired > 0) log.warn({ worker: state.options.workerName, expired }, "durable leases expired");
      done += expired;
    }
  }
  const free = state.options.parallel - state.underWay.size;
  if (free <= 0) return done > 0;
  const { workerName: worker, leaseMs } = state.options;
  const claimed = await claim(sql, { worker, functions: state.own, count: free, leaseMs, limited: due.limited });
  for (const held of claimed) begin(state, held);
  return done > 0 || claimed.length > 0;
}

async function idleMs(state: State): Promise<number> {
  const next = await untilNextMs(state.sql, state.own);
  return next === null ? state.options.pollMs : Math.min(state.options.pollMs, Math.max(10, Math.ceil(next)));
}

function begin(state: State, held: Held): void {
  const key = `${held.id}:${held.lease}`;
  const done = perform(state, held)
    .catch((cause: unknown) => log.error({ run: held.runId, ...failureOf(cause) }, "durable call could not be done"))
    .finally(() => {
      state.underWay.delete(key);
      state.bell.ring();
    });
  state.underWay.set(key, { held, done });
}

async function perform(state: State, held: Held): Promise<void> {
  const { sql, options } = state;
  const spec = state.registry.byId.get(held.fnId) ?? (await currentRegistry(sql, null)).byId.get(held.fnId);
  if (spec === undefined) throw new Error(`Function ${held.fnId} is no longer registered`);
  const body = await throughOutages(() => requestBody(sql, held, spec));
  if (body === null) {
    await sql`delete from durable.queue where id = ${held.id}::text::bigint and lease = ${held.lease}`;
    return;
  }
  let outcome: Outcome;
  const startedAt = performance.now();
  try {
    outcome = outcomeOf(await call(options.endpoint, held, body));
  } catch (cause) {
    outcome = rejected(cause);
  }
  await failpoint("durable:before-commit");
  const recorded = await commitOrFail(state, held, { spec, outcome });
  await failpoint("durable:after-commit");
  const about = { worker: options.workerName, run: held.runId, step: held.stepId, institution: institutionOf(body) };
  if (recorded) logCall(held, { body, outcome, tookMs: performance.now() - startedAt });
  else log.warn(about, "durable lease lost: result not recorded");
}

/**
 * A result is not given up because Postgres restarts: if the lease is still ours afterwards it counts. A result that cannot be
 * stored is a failure of the step, not of the executor.
 */
async function commitOrFail(state: State, held: Held, what: { spec: FunctionSpec; outcome: Outcome }): Promise<boolean> {
  const record = (outcome: Outcome) =>
    throughOutages(() => commit(state.sql, held, { spec: what.spec, outcome, functions: state.registry.byId }));
  try {
    return await record(what.outcome);
  } catch (cause) {
    log.error({ run: held.runId, ...failureOf(cause) }, "durable result could not be recorded");
    return record(rejected(cause));
  }
}

async function throughOutages<T>(work: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await work();
    } catch (cause) {
      if (!isOutage(cause)) throw cause;
      await new Promise((resolve) => setTimeout(resolve, Math.min(2_000, 50 * 2 ** Math.min(failures, 6))));
    }
  }
}

function startHeartbeat(state: State): NodeJS.Timeout {
  let beating = false;
  let missing = new Set<string>();
  return setInterval(() => {
    if (beating || state.underWay.size === 0) return;
    beating = true;
    heartbeat(
      state.sql,
      [...state.underWay.values()].map((each) => each.held),
      state.options.leaseMs,
    )
      .then((lost) => {
        const gone = lost.filter((held) => state.underWay.has(`${held.id}:${held.lease}`));
        // Gone once may be a result of our own that landed a moment ago; gone and still under way a beat later is not.
        for (const held of gone) {
          if (!missing.has(`${held.id}:${held.lease}`)) continue;
          log.warn({ worker: state.options.workerName, run: held.runId, step: held.stepId }, "durable lease lost");
        }
        missing = new Set(gone.map((held) => `${held.id}:${held.lease}`));
      })
      .catch((cause: unknown) => log.warn({ worker: state.options.workerName, code: codeOf(cause) }, "durable heartbeat failed"))
      .finally(() => {
        beating = false;
      });
  }, state.options.heartbeatMs);
}

async function finishOrRelease(state: State): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, state.options.drainMs);
  });
  await Promise.race([Promise.all([...state.underWay.values()].map((each) => each.done)), patience]);
  clearTimeout(timer);
  const left = [...state.underWay.values()].map((each) => each.held);
  if (left.length === 0) return;
  // Without the database nothing can be given back: the leases run out, and that counts as an attempt.
  await release(state.sql, left).catch((cause: unknown) =>
    log.error({ calls: left.length, ...failureOf(cause) }, "durable calls not given back"),
  );
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : String(cause);
}
