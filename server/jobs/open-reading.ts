import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { feedSettings, feeds } from "@/db/schema";
import { asEngine } from "@/server/database";
import { AppError } from "@/server/errors";
import { deliveryFiles, type OpenDelivery } from "@/server/intake/delivery";
import { findSource } from "@/server/sources";
import type { Reading, ReadingSettings } from "@/server/sources/source";
import type { JobRun } from "./run-of";
import { RunRefused } from "./step-result";

const Settings = z.object({
  modes: z.record(z.string(), z.enum(["bulk", "delta"])).default({}),
  encoding: z.string().nullable().default(null),
  dateOrder: z.enum(["MDY", "DMY"]).nullable().default(null),
});

/** Opens one delivery of a run as its feed's settings say, hands it to `work`, and removes what was spooled, however that ends. */
export async function withReading<T>(run: JobRun, deliveryId: string, work: (reading: Reading) => Promise<T>): Promise<T> {
  const { source, settings } = await sourceOf(run);
  const delivery = await openDelivery(run, deliveryId);
  try {
    return await work(await source.open(delivery, settings));
  } finally {
    await delivery.close();
  }
}

/** The version of the rules by which the run's source reads. */
export const rulesVersionOf = async (run: JobRun): Promise<string> => (await sourceOf(run)).source.rulesVersion;

async function openDelivery(run: JobRun, deliveryId: string): Promise<OpenDelivery> {
  try {
    return await asEngine(run.institutionId, (tx) => deliveryFiles(tx, { institutionId: run.institutionId, deliveryId }));
  } catch (cause) {
    if (cause instanceof AppError) throw new RunRefused("DELIVERY_GONE", "What arrived is not kept any more; send it again.");
    throw cause;
  }
}

async function sourceOf(run: JobRun) {
  const [found] = await asEngine(run.institutionId, (tx) =>
    tx
      .select({ source: feeds.source, reading: feedSettings.reading })
      .from(feeds)
      .innerJoin(
        feedSettings,
        and(
          eq(feedSettings.institutionId, feeds.institutionId),
          eq(feedSettings.feedId, feeds.id),
          eq(feedSettings.version, run.settingsVersion),
        ),
      )
      .where(and(eq(feeds.institutionId, run.institutionId), eq(feeds.id, run.feedId))),
  );
  const source = found === undefined ? null : findSource(found.source);
  if (found === undefined || source === null) throw new RunRefused("SOURCE_UNKNOWN", "This deployment cannot read this kind of feed");
  const settings: ReadingSettings = Settings.parse(found.reading);
  return { source, settings };
}
