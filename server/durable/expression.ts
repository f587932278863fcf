import { type ASTNode, Environment, serialize } from "@marcbachmann/cel-js";

/** A CEL expression that was checked when it was written down. */
export interface Expression {
  readonly text: string;
  /** Whether it is true. A field that is missing makes it false. */
  matches(context: ExpressionContext): boolean;
  /**
   * Its value as a key, as a real server makes it: parts of a sum whose field is missing are left out. Null when nothing is left,
   * or when it is `false`: an idempotency key is then none, while concurrency and throttle share one key among all such events.
   */
  key(context: ExpressionContext): string | null;
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
  const value = evaluation(text);
  const keyValue = keyEvaluation(environment.parse(text).ast);
  return {
    text,
    matches: (context) => value(context) === true,
    key: (context) => {
      const found = keyValue(context);
      return found === undefined || found === false ? null : textOf(found);
    },
  };
}

/** Undefined where the event's data cannot give a value. */
type Evaluation = (context: ExpressionContext) => unknown;

function evaluation(text: string): Evaluation {
  const parsed = environment.parse(text);
  return (context) => {
    try {
      return parsed({ event: context.event, async: context.async ?? {} });
    } catch {
      // What remains after the check are faults of one event's data, such as a field that it does not have.
      return undefined;
    }
  };
}

function keyEvaluation(node: ASTNode): Evaluation {
  const whole = evaluation(serialize(node));
  if (node.op !== "+") return whole;
  const [left, right] = node.args.map(keyEvaluation);
  return (context) => {
    const sum = whole(context);
    if (sum !== undefined) return sum;
    const parts = [left?.(context), right?.(context)].filter((part) => part !== undefined);
    return parts.length < 2 ? parts[0] : parts.map(textOf).join("");
  };
}

function textOf(value: unknown): string {
  if (typeof value === "string" || typeof value === "bigint") return value.toString();
  return JSON.stringify(value, (_, part) => (typeof part === "bigint" ? part.toString() : part)) ?? "null";
}
