import { asEngine } from "@/server/database";
import { countDue, weighBatch } from "@/server/services/welcome/count-due";
import { inngest } from "./client";
import { EVENTS } from "./events";

/** Looks at 10,000 people each; a district of two million is done in as many steps as a function may have. */
const STEPS_MAX = 200;

/** After a commit: counts who is to get a welcome mail, a stretch at a time, and says whether the waves begin. */
export const queueWelcome = inngest.createFunction(
  { id: "queue-welcome", retries: 5, triggers: { event: "welcome/asked" } },
  async ({ event, step }) => {
    const of = EVENTS["welcome/asked"].parse(event.data);
    for (let stretch = 1; ; stretch += 1) {
      if (stretch === STEPS_MAX) throw new Error("More people than one commit may bring");
      const { finished } = await step.run(`count:${stretch}`, () => asEngine(of.institutionId, (tx) => countDue(tx, of)));
      if (finished) break;
    }
    return step.run("weigh", () => asEngine(of.institutionId, (tx) => weighBatch(tx, of)));
  },
);
