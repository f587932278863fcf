import type { Sql } from "postgres";
import type { FunctionSpec } from "./function-spec";
import type { Held } from "./lease";
import type { StoredEvent } from "./run";
import { signed } from "./signature";

/** A serve handler: the exported route handler itself, or anything that posts the request to one. */
type Handler = (request: Request) => Promise<Response>;

export interface Endpoint {
  readonly handler: Handler;
  readonly url: string;
  readonly signingKey: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Memo {
  readonly id: string;
  readonly status: "pending" | "done";
  readonly result: unknown;
}

/** Null when the run has ended meanwhile, so that there is nothing to call. */
export async function requestBody(sql: Sql, held: Held, spec: FunctionSpec): Promise<unknown | null> {
  const [run] = await sql<{ status: string; events: StoredEvent[]; steps: Memo[] }[]>`
    select status, events, coalesce((
      select json_agg(json_build_object('id', step_id, 'status', status, 'result', result) order by seq)
      from durable.steps where run_id = j.id), '[]') as steps
    from durable.jobs j where id = ${held.runId}`;
  if (run === undefined || !["queued", "running"].includes(run.status)) return null;
  if (run.status === "queued") {
    await sql`
      update durable.jobs set status = 'running', started_at = durable.now_() where id = ${held.runId} and status = 'queued'`;
  }
  const done = run.steps.filter((step) => step.status === "done");
  return {
    version: -1,
    event: run.events[0],
    events: run.events,
    steps: Object.fromEntries(done.map((step) => [step.id, step.result])),
    ctx: {
      // No fn_id: with it the SDK would checkpoint over an API of its own instead of answering step by step.
      run_id: held.runId,
      attempt: held.attempt,
      max_attempts: spec.attemptsMax,
      step_id: held.stepId === "" ? "step" : held.stepId,
      disable_immediate_execution: run.steps.length > done.length,
      use_api: false,
      stack: { stack: done.map((step) => step.id), current: done.length },
    },
  };
}

/** Calls the function by the SDK's protocol, signed. Rejects when the handler itself does. */
export async function call(endpoint: Endpoint, held: Held, body: unknown): Promise<Reply> {
  const url = new URL(endpoint.url);
  url.searchParams.set("fnId", held.fnId);
  url.searchParams.set("stepId", held.stepId === "" ? "step" : held.stepId);
  return post(endpoint, { method: "POST", url, body, headers: {} });
}

/** Asks the handler, in the same response, which functions it serves. Rejects when it does not say. */
export async function inBandSync(endpoint: Endpoint): Promise<unknown> {
  const reply = await post(endpoint, {
    method: "PUT",
    url: new URL(endpoint.url),
    body: { url: endpoint.url },
    headers: { "x-inngest-sync-kind": "in_band" },
  });
  if (reply.status !== 200)
    throw new Error(`The functions' endpoint refused to be registered: ${reply.status} ${reply.text.slice(0, 500)}`);
  return JSON.parse(reply.text);
}

async function post(
  endpoint: Endpoint,
  message: { method: "POST" | "PUT"; url: URL; body: unknown; headers: Record<string, string> },
): Promise<Reply> {
  const { text, signature } = signed(message.body, endpoint.signingKey);
  const request = new Request(message.url, {
    method: message.method,
    // A Request made by hand has no host header, and the SDK builds its URL from it.
    headers: { ...message.headers, host: message.url.host, "content-type": "application/json", "x-inngest-signature": signature },
    body: text,
  });
  const response = await endpoint.handler(request);
  return { status: response.status, headers: response.headers, text: await response.text() };
}
