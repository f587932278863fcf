import { and, asc, eq, lte, sql } from "drizzle-orm";
import { welcomeBatches } from "@/db/schema";
import { asEngine, asVendor } from "@/server/database";
import { failureOf } from "@/server/failure";
import { log } from "@/server/log";
import { loadRenderer } from "@/server/notify/render";
import { linkOfMails, sendWave } from "./send-wave";

/**
 * Hands every wave of welcome mails that is due to the outbox, the longest due first. A batch waits by its row, so that people can stop
 * it, and the row is held while its wave is handed: any number of workers may call this at once. Where nothing is due it costs one look at an
 * index. A wave that fails is logged, keeps nobody else waiting, and is tried again at the next call.
 */
export async function sendDueWaves(): Promise<{ waves: number; handed: number }> {
  const done = { waves: 0, handed: 0 };
  if (linkOfMails() === null) return done;
  const due = await findDue();
  if (due.length > 0) await loadRenderer();
  for (const batch of due) {
    try {
      const { handed } = await asEngine(batch.institutionId, (tx) => sendWave(tx, batch));
      done.waves += 1;
      done.handed += handed;
    } catch (cause) {
      log.error({ ...batch, ...failureOf(cause) }, "a wave of welcome mails was not handed over");
    }
  }
  return done;
}

/** Across institutions, by the role that sees no roster. */
const findDue = (): Promise<{ batchId: string; institutionId: number }[]> =>
  asVendor((tx) =>
    tx
      .select({ batchId: welcomeBatches.id, institutionId: welcomeBatches.institutionId })
      .from(welcomeBatches)
      .where(and(eq(welcomeBatches.state, "sending"), lte(welcomeBatches.nextWaveAt, sql`now()`)))
      .orderBy(asc(welcomeBatches.nextWaveAt)),
  );
