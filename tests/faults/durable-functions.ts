import { randomUUID } from "node:crypto";
import type { Inngest, InngestFunction } from "inngest";
import type { Sql } from "postgres";
import { failpoint } from "@/server/failpoint";
import type { Marks } from "@/tests/conformance/marks";

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Functions that leave a mark each time a body runs, so that repeats can be counted. */
export function faultFunctions(client: Inngest, marks: Marks, sql: Sql): InngestFunction.Any[] {
  const about = (event: { readonly data?: { readonly about?: unknown } }): string => String(event.data?.about);

  /** One body: marked, then slow, then an answer that no other execution gives. */
  const body = (of: string, name: string, ms: number) => async (): Promise<string> => {
    await marks.add(of, name);
    await delay(ms);
    await failpoint(`body:${name}`);
    return randomUUID();
  };

  const steady = client.createFunction({ id: "steady", retries: 20, triggers: { event: "faults/steady" } }, async ({ event, step }) => {
    const of = about(event);
    const first = await step.run("first", body(of, "first", Number(event.data.ms ?? 20)));
    const pair = await Promise.all([step.run("left", body(of, "left", 20)), step.run("right", body(of, "right", 20))]);
    const last = await step.run("last", body(of, "last", 20));
    return [first, ...pair, last];
  });

  const poisoned = client.createFunction(
    {
      id: "poisoned",
      retries: 2,
      triggers: { event: "faults/poisoned" },
      onFailure: async ({ event }) => {
        await marks.add(about(event.data.event), "failure", event.data.error.name);
      },
    },
    async ({ event, step }) =>
      step.run("drink", async () => {
        await marks.add(about(event), "drink");
        const [antidote] = await sql`select 1 from marks where about = ${about(event)} and label = 'antidote'`;
        if (antidote === undefined) {
          process.kill(process.pid, "SIGKILL");
          await new Promise(() => {});
        }
        return "alive";
      }),
  );

  const limited = client.createFunction(
    { id: "limited", concurrency: { limit: 2, key: "event.data.about" }, triggers: { event: "faults/limited" } },
    async ({ event, step }) => {
      await step.run("work", () => marks.during(about(event), "work", () => delay(100)));
    },
  );

  const monthly = client.createFunction({ id: "monthly", triggers: { cron: "TZ=America/New_York 30 3 * * *" } }, async () => {
    await marks.add("monthly", "tick");
  });

  const patient = client.createFunction({ id: "patient", triggers: { event: "faults/patient" } }, async ({ event, step }) => {
    await step.run("begin", () => marks.add(about(event), "begin"));
    await step.sleep("a month", "30d");
    const answer = await step.waitForEvent("answer", { event: "faults/answer", timeout: "7d" });
    await marks.add(about(event), "done", answer);
  });

  return [steady, poisoned, limited, monthly, patient];
}
