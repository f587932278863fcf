import { AppError } from "@/server/errors";
import { Cancelled, SetLost } from "@/server/sync/fence";

/**
 * How a step of a run ended. `cancelled`: a person asked. `lost`: another process took the set over, or the run ended
 * otherwise; trying again changes nothing. `refused`: the run cannot be prepared, for a reason that people read.
 */
export type StepResult<T> =
  | { readonly outcome: "done"; readonly value: T }
  | { readonly outcome: "cancelled" }
  | { readonly outcome: "lost" }
  | { readonly outcome: "refused"; readonly code: string; readonly reason: string };

/** Errors lose their class between a step and its function, so what is not worth a retry becomes a value here. All else throws and is retried. */
export async function stepResult<T>(work: () => Promise<T>): Promise<StepResult<T>> {
  try {
    return { outcome: "done", value: await work() };
  } catch (cause) {
    if (cause instanceof Cancelled) return { outcome: "cancelled" };
    if (cause instanceof SetLost) return { outcome: "lost" };
    if (cause instanceof RunRefused) return { outcome: "refused", code: cause.code, reason: cause.message };
    if (cause instanceof AppError && cause.code === "CONFLICT") return { outcome: "lost" };
    throw cause;
  }
}

/** The delivery cannot become a plan; nothing changes. The message is for people. */
export class RunRefused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "RunRefused";
    this.code = code;
  }
}
