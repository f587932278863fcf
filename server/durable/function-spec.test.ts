import { describe, expect, it } from "vitest";
import { functionSpec } from "./function-spec";

const config = (more: Record<string, unknown> = {}) => ({
  id: "app-fn",
  name: "fn",
  triggers: [{ event: "thing/happened" }],
  steps: { step: { id: "step", name: "step", runtime: { type: "http", url: "http://localhost/api/inngest?fnId=app-fn&stepId=step" } } },
  ...more,
});

describe("a function is refused at registration, by the name of the option,", () => {
  const refused: [string, Record<string, unknown>][] = [
    ["batchEvents", { batchEvents: { maxSize: 10, timeout: "5s" } }],
    ["rateLimit", { rateLimit: { limit: 1, period: "1m" } }],
    ["debounce", { debounce: { period: "1m" } }],
    ["priority", { priority: { run: "event.data.n" } }],
    ["singleton", { singleton: { mode: "skip" } }],
    ["timeouts", { timeouts: { start: "1m" } }],
    ["jitter", { triggers: [{ cron: "0 * * * *", jitter: "30s" }] }],
    ["inngest/function.finished", { triggers: [{ event: "inngest/function.finished" }] }],
    ["tomorrowsOption", { tomorrowsOption: true }],
  ];
  for (const [name, more] of refused) {
    it(name, () => expect(() => functionSpec(config(more))).toThrow(new RegExp(`app-fn[^]*${name}`)));
  }
});

describe("a function is refused at registration, with the text that cannot be read,", () => {
  const unreadable: [string, Record<string, unknown>][] = [
    ["event.data.x ==", { triggers: [{ event: "a", expression: "event.data.x ==" }] }],
    ["evnt.data.x == 1", { triggers: [{ event: "a", expression: "evnt.data.x == 1" }] }],
    ["async.data.x ===", { cancel: [{ event: "a", if: "async.data.x === 1" }] }],
    ["event.data.", { concurrency: { limit: 1, key: "event.data." } }],
    ["1 +", { idempotency: "1 +" }],
    ["soon", { throttle: { limit: 1, period: "soon" } }],
    ["61", { triggers: [{ cron: "61 * * * *" }] }],
    ["Mars/Olympus", { triggers: [{ cron: "TZ=Mars/Olympus 0 * * * *" }] }],
    ["never comes", { triggers: [{ cron: "0 0 30 2 *" }] }],
    ["needs a key", { concurrency: { limit: 1, scope: "env" } }],
  ];
  for (const [text, more] of unreadable) {
    it(text, () => expect(() => functionSpec(config(more))).toThrow(text.startsWith("async") ? "app-fn" : text));
  }
});

describe("a function that is carried", () => {
  it("has five attempts when it does not say, and one more than its retries when it does", () => {
    expect(functionSpec(config()).attemptsMax).toBe(5);
    const [step] = Object.values(config().steps);
    expect(functionSpec(config({ steps: { step: { ...step, retries: { attempts: 0 } } } })).attemptsMax).toBe(1);
  });

  it("reads every form of concurrency, a limit of 0 being none", () => {
    expect(functionSpec(config({ concurrency: 3 })).concurrency).toMatchObject([{ limit: 3, scope: "fn" }]);
    expect(functionSpec(config({ concurrency: 0 })).concurrency).toEqual([]);
    const both = functionSpec(
      config({
        concurrency: [
          { limit: 1, key: "event.data.a" },
          { limit: 9, key: '"all"', scope: "env" },
        ],
      }),
    );
    expect(both.concurrency.map((each) => each.scope)).toEqual(["fn", "env"]);
  });
});
