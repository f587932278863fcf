import { z } from "zod";
import { nextTick } from "./cron";
import { durationMs } from "./duration";
import { type Expression, expression } from "./expression";

/** A registered function with everything parsed that can be wrong in it. */
export interface FunctionSpec {
  /** With the app's prefix: `rollcall-prepare-run`. */
  readonly id: string;
  readonly name: string;
  /** Attempts in all, the first included. */
  readonly attemptsMax: number;
  readonly events: readonly { readonly name: string; readonly when: Expression | null }[];
  readonly crons: readonly string[];
  readonly cancelOn: readonly { readonly event: string; readonly when: Expression | null; readonly withinMs: number | null }[];
  readonly concurrency: readonly { readonly scope: "fn" | "env" | "account"; readonly key: Expression | null; readonly limit: number }[];
  readonly idempotency: Expression | null;
  readonly throttle: { readonly key: Expression | null; readonly limit: number; readonly periodMs: number; readonly burst: number } | null;
}

/** What Inngest offers and this executor does not carry. A function that uses one is refused by name. */
const NOT_CARRIED = ["batchEvents", "rateLimit", "debounce", "priority", "singleton", "timeouts"] as const;
/** Events that only a real server sends. */
const NOT_SENT = ["inngest/function.finished", "inngest/deferred.schedule"];
/** Attempts when a function does not say: what the server sends, one more than the documents tell. */
const ATTEMPTS_MAX = 5;

const Limit = z.strictObject({
  limit: z.int().min(0),
  key: z.string().optional(),
  scope: z.enum(["fn", "env", "account"]).optional(),
});
const Config = z.strictObject({
  id: z.string().min(1),
  name: z.string().optional(),
  triggers: z.array(
    z.union([z.strictObject({ event: z.string().min(1), expression: z.string().optional() }), z.strictObject({ cron: z.string() })]),
  ),
  steps: z.record(
    z.string(),
    z.strictObject({
      id: z.string(),
      name: z.string(),
      runtime: z.strictObject({ type: z.literal("http"), url: z.string() }),
      retries: z.strictObject({ attempts: z.int().min(0).max(20).optional() }).optional(),
    }),
  ),
  idempotency: z.string().optional(),
  throttle: z
    .strictObject({ key: z.string().optional(), limit: z.int().min(1), period: z.string(), burst: z.int().min(1).optional() })
    .optional(),
  cancel: z.array(z.strictObject({ event: z.string(), if: z.string().optional(), timeout: z.string().optional() })).optional(),
  concurrency: z.union([z.int().min(0), Limit, z.array(Limit).min(1).max(2)]).optional(),
});

/**
 * Reads a function's configuration as the SDK registers it. Throws an error that names the function and the option when it
 * uses something that the executor does not carry, or a CEL expression, schedule or duration that cannot be read.
 */
export function functionSpec(config: unknown): FunctionSpec {
  const id = nameOf(config);
  refuseByName(id, config);
  const parsed = Config.safeParse(config);
  if (!parsed.success) throw new Error(`Function ${id} cannot be registered:\n${z.prettifyError(parsed.error)}`);
  try {
    return build(parsed.data);
  } catch (cause) {
    throw new Error(`Function ${id} cannot be registered: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function build(config: z.infer<typeof Config>): FunctionSpec {
  const attempts = Object.values(config.steps)[0]?.retries?.attempts;
  const events: FunctionSpec["events"][number][] = [];
  const crons: string[] = [];
  for (const trigger of config.triggers) {
    if ("cron" in trigger) {
      nextTick(trigger.cron, new Date(0));
      crons.push(trigger.cron);
    } else events.push({ name: trigger.event, when: optional(trigger.expression) });
  }
  return {
    id: config.id,
    name: config.name ?? config.id,
    attemptsMax: attempts === undefined ? ATTEMPTS_MAX : attempts + 1,
    events,
    crons,
    cancelOn: (config.cancel ?? []).map((cancel) => ({
      event: cancel.event,
      when: optional(cancel.if),
      withinMs: cancel.timeout === undefined ? null : durationMs(cancel.timeout),
    })),
    concurrency: limitsOf(config.concurrency),
    idempotency: optional(config.idempotency),
    throttle:
      config.throttle === undefined
        ? null
        : {
            key: optional(config.throttle.key),
            limit: config.throttle.limit,
            periodMs: durationMs(config.throttle.period),
            burst: config.throttle.burst ?? 1,
          },
  };
}

/** A limit of 0 means no limit, as on the server. */
function limitsOf(concurrency: z.infer<typeof Config>["concurrency"]): FunctionSpec["concurrency"] {
  if (concurrency === undefined) return [];
  const listed = typeof concurrency === "number" ? [{ limit: concurrency }] : Array.isArray(concurrency) ? concurrency : [concurrency];
  return listed
    .filter((each) => each.limit > 0)
    .map((each: z.infer<typeof Limit>) => {
      const scope = each.scope ?? "fn";
      if (scope !== "fn" && each.key === undefined) throw new Error(`concurrency with scope "${scope}" needs a key`);
      return { scope, key: optional(each.key), limit: each.limit };
    });
}

function refuseByName(id: string, config: unknown): void {
  if (typeof config !== "object" || config === null) return;
  for (const option of NOT_CARRIED) {
    if (option in config && config[option as keyof typeof config] !== undefined) {
      throw new Error(`Function ${id} uses the option "${option}", which the embedded executor does not carry`);
    }
  }
  if (!("triggers" in config) || !Array.isArray(config.triggers)) return;
  for (const trigger of config.triggers) {
    if (trigger.jitter !== undefined) {
      throw new Error(`Function ${id} uses the option "jitter" of a schedule, which the embedded executor does not carry`);
    }
    if (NOT_SENT.includes(trigger.event)) {
      throw new Error(`Function ${id} is triggered by "${trigger.event}", which the embedded executor does not send`);
    }
  }
}

const nameOf = (config: unknown): string =>
  typeof config === "object" && config !== null && "id" in config && typeof config.id === "string" ? config.id : "without id";

const optional = (text: string | undefined): Expression | null => (text === undefined || text === "" ? null : expression(text));
