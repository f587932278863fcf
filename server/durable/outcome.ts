import { z } from "zod";
import type { Reply } from "./call";
import { type Moment, retryAfter } from "./duration";
import type { StoredError } from "./run";

/** One thing that a function asked for or did. */
export interface Op {
  readonly id: string;
  readonly op: string;
  readonly name: string | null;
  readonly label: string | null;
  readonly opts: Readonly<Record<string, unknown>>;
  readonly data: unknown;
  readonly error: StoredError | null;
}

/** What a call came to. */
export type Outcome =
  | { readonly kind: "completed"; readonly output: unknown }
  /** `race`: every finished step is followed by a discovery, not only the last of its siblings. */
  | { readonly kind: "ops"; readonly ops: readonly Op[]; readonly after: Moment | null; readonly race: boolean }
  /** The function said that trying again is pointless. */
  | { readonly kind: "failed"; readonly error: StoredError }
  | { readonly kind: "retry"; readonly error: StoredError; readonly after: Moment | null };

const OpShape = z.looseObject({
  id: z.string(),
  op: z.string(),
  name: z.string().nullish(),
  displayName: z.string().nullish(),
  opts: z.record(z.string(), z.unknown()).nullish(),
  data: z.unknown().optional(),
  error: z.unknown().optional(),
});

/**
 * Reads a reply by the published protocol. Whatever is not recognisably the SDK's own answer (a proxy's page, a crash of the
 * host framework) is a transport failure, to be tried again.
 */
export function outcomeOf(reply: Reply): Outcome {
  const after = retryAfter(reply.headers.get("retry-after"));
  if (reply.headers.get("x-inngest-sdk-handled") !== "true") {
    return { kind: "retry", error: transportError(`The endpoint answered ${reply.status}, and not by the SDK`), after };
  }
  const body = parsed(reply.text);
  if (body === undefined) return { kind: "retry", error: transportError(`The endpoint answered ${reply.status} without JSON`), after };
  const noRetry = reply.headers.get("x-inngest-no-retry") === "true";
  if (reply.status === 200) return { kind: "completed", output: body };
  if (reply.status === 206) {
    const ops = z.array(OpShape).safeParse(Array.isArray(body) ? body : [body]);
    if (!ops.success) return { kind: "retry", error: transportError("The reply's operations cannot be read"), after };
    return { kind: "ops", ops: ops.data.map(opOf), after, race: reply.headers.get("x-inngest-req-version") !== "2" };
  }
  const error = errorOf(body);
  return noRetry ? { kind: "failed", error } : { kind: "retry", error, after };
}

/** An answer that never came: the handler rejected. */
export function rejected(cause: unknown): Outcome {
  return { kind: "retry", error: transportError(cause instanceof Error ? cause.message : String(cause)), after: null };
}

function opOf(shape: z.infer<typeof OpShape>): Op {
  return {
    id: shape.id,
    op: shape.op,
    name: shape.name ?? null,
    label: shape.displayName ?? shape.name ?? null,
    opts: shape.opts ?? {},
    data: shape.data ?? null,
    error: shape.error === undefined || shape.error === null ? null : errorOf(shape.error),
  };
}

/** Errors arrive serialised by the SDK, or as `{error: text}` from the handler, or as text that holds JSON. */
function errorOf(value: unknown): StoredError {
  if (typeof value === "string") {
    const inner = parsed(value);
    return typeof inner === "object" && inner !== null ? errorOf(inner) : { name: "Error", message: value };
  }
  if (typeof value !== "object" || value === null) return { name: "Error", message: "Unknown error" };
  const text = (key: string): string | null => {
    const member = key in value ? value[key as keyof typeof value] : undefined;
    return typeof member === "string" ? member : null;
  };
  const stack = text("stack");
  return {
    ...value,
    name: text("name") ?? "Error",
    message: text("message") ?? text("error") ?? "Unknown error",
    ...(stack === null ? {} : { stack }),
  };
}

const transportError = (message: string): StoredError => ({ name: "TransportError", message });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
