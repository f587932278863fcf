import { type Inngest, type InngestFunction, NonRetriableError, RetryAfterError } from "inngest";
import { cases } from "./cases";
import type { Marks } from "./marks";

/**
 * One function (or a few) per feature. They know nothing of the executor: the same file runs on a real server. Every event
 * carries `about`, under which the function leaves its marks.
 */
export function conformanceFunctions(client: Inngest, marks: Marks): InngestFunction.Any[] {
  const about = (event: { readonly data?: { readonly about?: unknown } }): string => String(event.data?.about);
  const on = cases(client);
  const child = on("child", {}, async ({ event }) => {
    if (event.data.fail === true) throw new NonRetriableError("the child fails");
    return { doubled: Number(event.data.n) * 2 };
  });
  const failing = client.createFunction(
    {
      id: "failing",
      retries: 1,
      triggers: { event: "conformance/failing" },
      onFailure: async ({ event, error, step }) => {
        const original = event.data.event;
        await step.run("note", () => marks.add(about(original), "failure", { message: error.message, function: event.data.function_id }));
      },
    },
    async ({ event, attempt }) => {
      await marks.add(about(event), "attempt", attempt);
      throw new RetryAfterError("never", 1000);
    },
  );
  return [
    child,
    on("sequential", {}, async ({ event, step }) => {
      const a = await step.run("a", async () => {
        await marks.add(about(event), "a");
        return { text: "\u0000é", n: 1.5, none: null };
      });
      const b = await step.run("b", async () => {
        await marks.add(about(event), "b");
        return a.n + 1;
      });
      const empty = await step.run("empty", () => undefined);
      await marks.add(about(event), "done", { n: a.n, length: a.text.length, b, empty });
    }),
    on("loop", {}, async ({ event, step }) => {
      let total = 0;
      for (let place = 1; place <= 4; place += 1) total += await step.run("again", () => place);
      await marks.add(about(event), "done", total);
    }),
    on("parallel", {}, async ({ event, step }) => {
      const parts = await Promise.all(
        ["x", "y", "z"].map((name) =>
          step.run(name, async () => {
            await marks.add(about(event), name);
            return name;
          }),
        ),
      );
      const after = await step.run("after", () => parts.join(""));
      await marks.add(about(event), "done", after);
    }),
    on("chains", {}, async ({ event, step }) => {
      const chain = async (name: string) => {
        const first = await step.run(`${name}1`, () => name);
        await step.sleep(`${name} rests`, "1s");
        return step.run(`${name}2`, () => `${first}${first}`);
      };
      await marks.add(about(event), "done", await Promise.all([chain("l"), chain("r")]));
    }),
    on("race", {}, async ({ event, step, group }) => {
      const winner = await group.parallel({ mode: "race" }, async () =>
        Promise.race([step.run("quick", () => "quick"), step.sleep("slow", "1h").then(() => "slow")]),
      );
      const after = await step.run("after", () => `${winner} won`);
      await marks.add(about(event), "done", after);
    }),
    on("sleep", {}, async ({ event, step }) => {
      await marks.add(about(event), "before");
      await step.sleep("rest", "1s");
      await step.sleepUntil("until", new Date(Date.now() - 60_000));
      await step.run("awake", () => marks.add(about(event), "awake"));
    }),
    on("wait", {}, async ({ event, step }) => {
      const came = await step.waitForEvent("answer", { event: "conformance/answer", timeout: "1m", match: "data.about" });
      const never = await step.waitForEvent("nothing", { event: "conformance/never", timeout: "1s" });
      await marks.add(about(event), "done", { said: came?.data.said, name: came?.name, never });
    }),
    on("send", {}, async ({ event, step }) => {
      const sent = await step.sendEvent("tell", [{ name: "conformance/told", data: { about: about(event) } }]);
      await marks.add(about(event), "sent", sent.ids.length);
    }),
    on("told", {}, async ({ event }) => {
      await marks.add(about(event), "told");
    }),
    on("invoke", {}, async ({ event, step }) => {
      const answer = await step.invoke("ask", { function: child, data: { n: 21 } });
      const failure = await step.invoke("ask badly", { function: child, data: { fail: true } }).then(
        () => "no failure",
        (error: Error) => error.message,
      );
      await marks.add(about(event), "done", { answer, failed: failure.includes("the child fails") });
    }),
    on("retry", { retries: 2 }, async ({ event, step, attempt }) => {
      const attempts = await step.run("fails once", async () => {
        await marks.add(about(event), "attempt", attempt);
        if (attempt === 0) throw new RetryAfterError("not yet", 1000);
        return attempt;
      });
      await marks.add(about(event), "done", attempts);
    }),
    on("caught", { retries: 0 }, async ({ event, step }) => {
      const message = await step
        .run("breaks", () => {
          throw new TypeError("broken");
        })
        .then(
          () => "not broken",
          (error: Error) => error.message,
        );
      const final = await step
        .run("is final", () => {
          throw new NonRetriableError("for good");
        })
        .then(
          () => "not final",
          (error: Error) => error.message,
        );
      await marks.add(about(event), "done", { message, final });
    }),
    failing,
    on("fatal", { retries: 5 }, async ({ event }) => {
      await marks.add(about(event), "attempt");
      throw new NonRetriableError("at once");
    }),
    on("cancelled", { cancelOn: [{ event: "conformance/stop", match: "data.about" }] }, async ({ event, step }) => {
      await step.run("begin", () => marks.add(about(event), "begin"));
      await step.sleep("long", "5s");
      await step.run("never", () => marks.add(about(event), "after"));
    }),
    on(
      "expiring",
      {
        cancelOn: [
          { event: "conformance/stop-soon", match: "data.about", timeout: "1h" },
          { event: "conformance/stop-late", match: "data.about", timeout: "1s" },
        ],
      },
      async ({ event, step }) => {
        await step.run("begin", () => marks.add(about(event), "begin"));
        await step.waitForEvent("go", { event: "conformance/go", timeout: "1h", match: "data.about" });
        await step.run("after", () => marks.add(about(event), "after"));
      },
    ),
    client.createFunction(
      { id: "obituary", triggers: { event: "inngest/function.cancelled", if: "event.data.function_id == 'conformance-expiring'" } },
      async ({ event }) => {
        await marks.add(about(event.data.event), "cancelled");
      },
    ),
    on("limited", { concurrency: { limit: 1, key: "event.data.about" } }, async ({ event, step }) => {
      await step.run("work", () => marks.during(about(event), "work", () => delay(250)));
    }),
    on("shared-a", { concurrency: { limit: 1, key: '"shared-" + event.data.about', scope: "env" } }, async ({ event, step }) => {
      await step.run("work", () => marks.during(about(event), "work", () => delay(250)));
    }),
    on("shared-b", { concurrency: { limit: 1, key: '"shared-" + event.data.about', scope: "env" } }, async ({ event, step }) => {
      await step.run("work", () => marks.during(about(event), "work", () => delay(250)));
    }),
    on("account-a", { concurrency: { limit: 1, key: '"account-" + event.data.about', scope: "account" } }, async ({ event, step }) => {
      await step.run("work", () => marks.during(about(event), "work", () => delay(250)));
    }),
    on("account-b", { concurrency: { limit: 1, key: '"account-" + event.data.about', scope: "account" } }, async ({ event, step }) => {
      await step.run("work", () => marks.during(about(event), "work", () => delay(250)));
    }),
    on("idempotent", { idempotency: "event.data.about" }, async ({ event }) => {
      await marks.add(about(event), "ran");
    }),
    on("keyless", { idempotency: "event.data.absent", concurrency: { limit: 1, key: "event.data.absent" } }, async ({ event }) => {
      await marks.during(about(event), "work", () => delay(250));
    }),
    on("half-keyed", { idempotency: "event.data.about + event.data.absent" }, async ({ event }) => {
      await marks.add(about(event), "ran");
    }),
    on("once", {}, async ({ event }) => {
      await marks.add(about(event), "ran");
    }),
    on("choosy", { condition: "event.data.n > 1 && event.data.kind in ['b', 'c']" }, async ({ event }) => {
      await marks.add(about(event), "ran", event.data.n);
    }),
    client.createFunction({ id: "minutely", triggers: { cron: "TZ=Asia/Kathmandu * * * * *" } }, async ({ event }) => {
      await marks.add("the schedule", "tick", event.name);
    }),
    on("throttled", { throttle: { limit: 1, period: "2s", key: "event.data.about" } }, async ({ event }) => {
      await marks.add(about(event), "ran");
    }),
    on("bursting", { throttle: { limit: 1, period: "1m", burst: 2, key: "event.data.about" } }, async ({ event }) => {
      await marks.add(about(event), "ran");
    }),
    on("month", {}, async ({ event, step }) => {
      await step.run("begin", () => marks.add(about(event), "begin"));
      await step.sleep("long", "30d");
      await step.run("after", () => marks.add(about(event), "after"));
    }),
  ];
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
