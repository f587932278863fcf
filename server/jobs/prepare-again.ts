import { and, desc, eq, inArray, isNull, not, notInArray, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Transaction } from "@/db/client";
import { isDropped } from "@/db/dropped";
import { lockRunStarts, nextRunNumber } from "@/db/run-starts";
import { deliveries, environments, feeds, runs } from "@/db/schema";
import { audit } from "@/server/audit";
import { asEngine } from "@/server/database";
import { OPEN_STATES, WORKING_STATES } from "@/server/roster/run";
import { inngest } from "./client";
import { emit } from "./events";
import { type JobRun, runOf } from "./run-of";

/**
 * A plan that was set aside for another feed's run is prepared again by itself when the environment is free (R38): the same
 * delivery, or the feed's newest; its choices come back as refusals do.
 */
export const prepareAgain = inngest.createFunction(
  { id: "prepare-again", retries: 5, triggers: { event: "run/ended" } },
  async ({ event, step }) => step.run("start", () => startAgain(event.data)),
);

async function startAgain(data: unknown): Promise<{ run: number | null }> {
  const ended = await runOf(data);
  return asEngine(ended.institutionId, async (tx) => {
    await lockRunStarts(tx, ended.institutionId);
    if (await isBusy(tx, ended)) return { run: null };
    const aside = await setAside(tx, ended);
    return { run: aside === null ? null : await startedAgain(tx, { aside, ended }) };
  });
}

/** Something works or waits there: when that ends, this is asked again. */
async function isBusy(tx: Transaction, ended: JobRun): Promise<boolean> {
  const busy = await tx.$count(
    runs,
    and(
      eq(runs.institutionId, ended.institutionId),
      eq(runs.environmentId, ended.environmentId),
      inArray(runs.state, [...new Set([...OPEN_STATES, ...WORKING_STATES])]),
    ),
  );
  return busy > 0;
}

/** The newest run set aside that nothing has taken up since: no later run of its feed, and none of its own. */
async function setAside(tx: Transaction, ended: JobRun): Promise<JobRun | null> {
  const later = alias(runs, "later");
  const [found] = await tx
    .select({ run: runs })
    .from(runs)
    .leftJoin(
      later,
      and(
        eq(later.institutionId, runs.institutionId),
        eq(later.environmentId, runs.environmentId),
        eq(later.feedId, runs.feedId),
        // An undo brings nothing of the feed, so it takes nothing up.
        notInArray(later.trigger, ["undo", "promotion"]),
        sql`${later.number} > ${runs.number}`,
      ),
    )
    .where(
      and(
        eq(runs.institutionId, ended.institutionId),
        eq(runs.environmentId, ended.environmentId),
        eq(runs.state, "setAside"),
        isNull(later.id),
      ),
    )
    .orderBy(desc(runs.number))
    .limit(1);
  return found?.run ?? null;
}

async function startedAgain(tx: Transaction, of: { aside: JobRun; ended: JobRun }): Promise<number> {
  const { aside, ended } = of;
  const number = await nextRunNumber(tx, aside.institutionId);
  const [feed] = await tx
    .select({ name: feeds.name, draftVersion: feeds.draftVersion })
    .from(feeds)
    .where(and(eq(feeds.institutionId, ended.institutionId), eq(feeds.id, ended.feedId)));
  const settingsVersion = await settingsNow(tx, aside);
  const [newest] = await tx
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.institutionId, aside.institutionId),
        eq(deliveries.feedId, aside.feedId),
        eq(deliveries.state, "ready"),
        not(isDropped(aside.environmentId)),
      ),
    )
    .orderBy(desc(deliveries.finishedAt))
    .limit(1);
  const verb = ended.state === "committed" ? "committed" : "ended";
  const [made] = await tx
    .insert(runs)
    .values({
      institutionId: aside.institutionId,
      number,
      environmentId: aside.environmentId,
      feedId: aside.feedId,
      deliveryId: newest?.id ?? aside.deliveryId,
      kind: aside.kind,
      trigger: "again",
      autoCommit: aside.autoCommit,
      schools: aside.schools,
      settingsVersion,
      state: "queued",
      reason: `Prepared again because ${feed?.name ?? "another feed"} ${verb} (run ${ended.number})`,
      // What an approver accepted is so still, if it turns out the same.
      acceptedDigest: aside.acceptedDigest,
      againOf: aside.id,
      startedBy: aside.startedBy,
    })
    .returning({ id: runs.id });
  if (made === undefined) throw new Error("The run was not made");
  await audit(
    tx,
    { kind: "system", accountId: null, institutionId: aside.institutionId },
    { verb: "run.start", subject: `run ${number}`, detail: { againOf: aside.number } },
  );
  await emit(tx, { name: "run/requested", data: { institutionId: aside.institutionId, runId: made.id }, id: `run/requested:${made.id}` });
  return number;
}

/** The settings that hold now: whoever answered a question while the plan was set aside is not asked again. */
async function settingsNow(tx: Transaction, aside: JobRun): Promise<number> {
  const [found] = await tx
    .select({ environment: environments.name, draft: feeds.draftVersion, production: feeds.productionVersion })
    .from(feeds)
    .innerJoin(environments, and(eq(environments.institutionId, feeds.institutionId), eq(environments.id, aside.environmentId)))
    .where(and(eq(feeds.institutionId, aside.institutionId), eq(feeds.id, aside.feedId)));
  const now = found?.environment === "production" ? found.production : found?.draft;
  return now ?? aside.settingsVersion;
}
