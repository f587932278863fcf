import { Environment } from "@marcbachmann/cel-js";

/** A CEL expression that was checked when it was written down. */
export interface Expression {
  readonly text: string;
  /** Whether it is true. A field that is missing makes it false. */
  matches(context: ExpressionContext): boolean;
  /** Its value as a key; a field that is missing makes it `null`. */
  key(context: ExpressionContext): string;
}

interface ExpressionContext {
  /** The event that started the run. */
  readonly event: unknown;
  /** The event that came later, for cancelOn and waitForEvent. */
  readonly async?: unknown;
}

const environment = new Environment({ homogeneousAggregateLiterals: false })
  .registerVariable("event", "dyn")
  .registerVariable("async", "dyn");

/** Parses and checks `text`. Throws an error that quotes it when it is not CEL or names anything but `event` and `async`. */
export function expression(text: string): Expression {
  const verdict = environment.check(text);
  if (!verdict.valid) {
    throw new Error(`"${text}" is not a usable CEL expression: ${verdict.error?.message.split("\n")[0] ?? "unknown fault"}`);
  }
  const parsed = environment.parse(text);
  const value = (context: ExpressionContext): unknown => {
    try {
      return parsed({ event: context.event, async: context.async ?? {} });
    } catch {
      // What remains after the check are faults of one event's data, such as a field that it does not have: no match.
      return null;
    }
  };
  return {
    text,
    matches: (context) => value(context) === true,
    key: (context) => {
      const found = value(context);
      if (typeof found === "string" || typeof found === "bigint") return found.toString();
      return JSON.stringify(found, (_, part) => (typeof part === "bigint" ? part.toString() : part)) ?? "null";
    },
  };
}
