import { z } from "zod";
import { log } from "@/server/log";
import type { Held } from "./lease";
import type { Outcome } from "./outcome";
import { visibleError } from "./visible-error";

const InstitutionId = z.object({ institutionId: z.number().int() });
/** Our events name their institution; the event of a failure carries the one that led to it. */
const Body = z.object({
  event: z.object({ data: z.union([InstitutionId, z.object({ event: z.object({ data: InstitutionId }) })]) }),
});

/**
 * One line for a call that was done: ids, the step's label, how long it took, and of a failure its name and place. Ends and
 * failures are told always, single steps at level debug. Values never are: what was returned or what an error quoted stays out.
 */
export function logCall(held: Held, call: { body: unknown; outcome: Outcome; tookMs: number }): void {
  const { outcome } = call;
  const fields = {
    run: held.runId,
    fn: held.fnId,
    institution: institutionOf(call.body),
    attempt: held.attempt,
    tookMs: Math.round(call.tookMs),
  };
  switch (outcome.kind) {
    case "completed":
      log.info(fields, "durable run completed");
      break;
    case "failed":
    case "retry":
      log.warn({ ...fields, error: visibleError(outcome.error) }, "durable call failed");
      break;
    case "ops": {
      const error = outcome.ops.find((op) => op.error !== null)?.error ?? null;
      const told = { ...fields, steps: outcome.ops.map((op) => op.label ?? op.id) };
      if (error === null) log.debug(told, "durable steps done");
      else log.warn({ ...told, error: visibleError(error) }, "durable step failed");
      break;
    }
    default:
      outcome satisfies never;
  }
}

/** The institution that a call is about; null for what is about none, such as schedules. */
export function institutionOf(body: unknown): number | null {
  const found = Body.safeParse(body);
  if (!found.success) return null;
  const { data } = found.data.event;
  return "institutionId" in data ? data.institutionId : data.event.data.institutionId;
}
