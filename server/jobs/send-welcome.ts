import { and, eq, lte, sql } from "drizzle-orm";
import { welcomeBatches } from "@/db/schema";
import { asEngine, asVendor } from "@/server/database";
import { loadRenderer } from "@/server/notify/render";
import { sendWave } from "@/server/services/welcome/send-wave";
import { inngest } from "./client";

/** So many institutions a minute; the next minute takes the rest, the longest due first. */
const AT_ONCE = 40;

/** Hands every wave of welcome mails that is due to the outbox. A batch waits by its row, not in here, so that people can stop it. */
export const sendWelcome = inngest.createFunction({ id: "send-welcome", retries: 3, triggers: { cron: "* * * * *" } }, async ({ step }) => {
  const due = await step.run("find", findDue);
  for (const batch of due) await step.run(`wave:${batch.batchId}`, () => wave(batch));
  return { waves: due.length };
});

/** Across institutions, by the role that sees no roster. */
async function findDue(): Promise<{ batchId: string; institutionId: number }[]> {
  return asVendor((tx) =>
    tx
      .select({ batchId: welcomeBatches.id, institutionId: welcomeBatches.institutionId })
      .from(welcomeBatches)
      .where(and(eq(welcomeBatches.state, "sending"), lte(welcomeBatches.nextWaveAt, sql`now()`)))
      .orderBy(welcomeBatches.nextWaveAt)
      .limit(AT_ONCE),
  );
}

async function wave(of: { batchId: string; institutionId: number }): Promise<{ handed: number; left: number }> {
  await loadRenderer();
  return asEngine(of.institutionId, (tx) => sendWave(tx, of));
}
