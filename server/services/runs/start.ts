import { and, desc, eq, gt, inArray, isNull, not, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { isDropped } from "@/db/dropped";
import { lockRunStarts, nextRunNumber } from "@/db/run-starts";
import { deliveries, feeds, runs } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { emit } from "@/server/jobs/events";
import { RUN_KINDS, WORKING_STATES } from "@/server/roster/run";
import { findSource } from "@/server/sources";
import { limitsOfInstitution } from "../limits/effective";
import { usualSchools } from "../organizations/mapping";
import { nothingNew } from "./nothing-new";
import { namesOf } from "./people";
import { EnvironmentPlace, type FoundEnvironment, findEnvironment, type RunRow } from "./place";
import { clockOf } from "./words";

export const StartRun = EnvironmentPlace.extend({
  feed: z.number().int().positive(),
  /** The arrival to prepare; absent: the feed's newest that was not dropped with a plan. */
  delivery: z.uuid().optional(),
  kind: z.enum(RUN_KINDS),
  autoCommit: z.boolean(),
  /** Source keys of the schools in scope; absent: all, or the one of a single-school portal. */
  schools: z.array(z.string().min(1).max(255)).min(1).max(5_000).optional(),
});
type Start = z.infer<typeof StartRun>;

/** How many runs one institution's people may start within a minute. */
const STARTS_PER_MINUTE = 3;

/**
 * Asks for a run: a row, and an event for the worker. The first run of a feed is always full. A second press shows the run of
 * the first. `settingsVersion`: settings that are tried in Preview in place of the feed's draft. Throws CONFLICT with who was
 * first while another run works here, TOO_MANY, NOT_FOUND.
 */
export async function startRun(
  actor: TenantActor,
  raw: z.input<typeof StartRun>,
  more: { readonly settingsVersion?: number } = {},
): Promise<{ number: number }> {
  authorize(actor, "run:start");
  const input = StartRun.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    // Starts of one institution come one after the other: the number, the limit and "who was first" are decided here.
    await lockRunStarts(tx, actor.institutionId);
    const environment = await findEnvironment(tx, actor, input.environment);
    const feed = await findFeed(tx, actor, input.feed);
    const delivery = await findDelivery(tx, actor, { input, environment });
    const settingsVersion = environment.name === "production" ? feed.productionVersion : (more.settingsVersion ?? feed.draftVersion);
    if (settingsVersion === null)
      throw new AppError("CONFLICT", "Production opens with the first promotion; start runs in Preview until then");
    const working = await workingRun(tx, environment);
    if (working !== null) {
      if (isSamePress(working, actor, delivery.id)) return { number: working.number };
      throw await alreadyWorking(tx, actor, working);
    }
    await refuseTooMany(tx, actor);
    await refuseOverLimit(tx, actor);
    const schools = input.schools ?? (await usualSchools(tx, actor));
    const committed = await lastCommitted(tx, { environment, feedId: feed.id });
    const kind = committed === null ? "full" : input.kind;
    const committedDigest = committed === null ? null : await digestOf(tx, committed);
    const rulesVersion = findSource(feed.source)?.rulesVersion ?? null;
    const same =
      kind === "quick"
        ? nothingNew({ committed, committedDigest, delivery, settingsVersion, rulesVersion, environment, schools: schools ?? undefined })
        : null;
    const number = await nextRunNumber(tx, actor.institutionId);
    const [made] = await tx
      .insert(runs)
      .values({
        institutionId: actor.institutionId,
        number,
        environmentId: environment.id,
        feedId: feed.id,
        deliveryId: delivery.id,
        kind,
        trigger: actor.kind === "command" ? "command" : "person",
        autoCommit: input.autoCommit,
        schools,
        settingsVersion,
        startedBy: actor.accountId,
        ...(same === null ? { state: "queued" } : { state: "ignored", reason: same, reasonCode: "SAME_DELIVERY", endedAt: sql`now()` }),
      })
      .returning({ id: runs.id });
    if (made === undefined) throw new Error("The run was not made");
    await audit(tx, actor, { verb: "run.start", subject: `run ${number}`, detail: { feed: feed.id, delivery: delivery.id, kind } });
    if (same === null) {
      await emit(tx, {
        name: "run/requested",
        data: { institutionId: actor.institutionId, runId: made.id },
        id: `run/requested:${made.id}`,
      });
    }
    return { number };
  });
}

async function findFeed(tx: Transaction, actor: TenantActor, id: number) {
  const [feed] = await tx
    .select()
    .from(feeds)
    .where(and(eq(feeds.institutionId, actor.institutionId), eq(feeds.id, id), isNull(feeds.disabledAt)));
  if (feed === undefined) throw new AppError("NOT_FOUND", "There is no such feed");
  return feed;
}

async function findDelivery(tx: Transaction, actor: TenantActor, { input, environment }: { input: Start; environment: FoundEnvironment }) {
  const [delivery] = await tx
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.institutionId, actor.institutionId),
        eq(deliveries.feedId, input.feed),
        ...(input.delivery === undefined
          ? [eq(deliveries.state, "ready"), not(isDropped(environment.id))]
          : [eq(deliveries.id, input.delivery)]),
      ),
    )
    .orderBy(desc(deliveries.finishedAt))
    .limit(1);
  if (delivery === undefined)
    throw new AppError("NOT_FOUND", input.delivery === undefined ? "Nothing has arrived by this feed yet" : "There is no such delivery");
  if (delivery.state !== "ready") throw new AppError("CONFLICT", "This delivery is not complete, so it cannot be prepared");
  if (delivery.filesRemovedAt !== null) throw new AppError("CONFLICT", "The files of this delivery are not kept any more; send them again");
  return delivery;
}

/** A run that is at work in this environment; a plan that waits is none: the new run supersedes it or sets it aside. */
async function workingRun(tx: Transaction, environment: FoundEnvironment): Promise<RunRow | null> {
  const [working] = await tx
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.institutionId, environment.institutionId),
        eq(runs.environmentId, environment.id),
        inArray(runs.state, [...WORKING_STATES]),
      ),
    )
    .orderBy(desc(runs.number))
    .limit(1);
  return working ?? null;
}

const isSamePress = (working: RunRow, actor: TenantActor, deliveryId: string): boolean =>
  working.deliveryId === deliveryId && working.startedBy === actor.accountId && working.state !== "committing";

async function alreadyWorking(tx: Transaction, actor: TenantActor, working: RunRow): Promise<AppError> {
  const name = (await namesOf(tx, [working.startedBy]))(working.startedBy) ?? "Rollcall";
  const at = clockOf(working.createdAt, actor.institution.timeZone);
  const message = working.state === "committing" ? `A commit is under way (run ${working.number})` : `${name} started one at ${at}`;
  return new AppError("CONFLICT", message, { data: { run: working.number, by: name, at: working.createdAt.toISOString() } });
}

async function refuseTooMany(tx: Transaction, actor: TenantActor): Promise<void> {
  const started = await tx.$count(
    runs,
    and(
      eq(runs.institutionId, actor.institutionId),
      inArray(runs.trigger, ["person"]),
      gt(runs.createdAt, sql`now() - interval '1 minute'`),
    ),
  );
  if (actor.kind !== "command" && started >= STARTS_PER_MINUTE) {
    throw new AppError("TOO_MANY", `At most ${STARTS_PER_MINUTE} runs can be started in a minute. Wait a moment.`);
  }
}

/** Runs at work in both environments together; a plan that waits works no more. */
async function refuseOverLimit(tx: Transaction, actor: TenantActor): Promise<void> {
  const { limits, ask } = await limitsOfInstitution(tx, actor.institutionId);
  const working = await tx.$count(runs, and(eq(runs.institutionId, actor.institutionId), inArray(runs.state, [...WORKING_STATES])));
  if (working < limits.runsMax) return;
  const most = limits.runsMax === 1 ? "one run" : `${limits.runsMax} runs`;
  throw new AppError("TOO_MANY", `At most ${most} of this institution may work at once. Wait until it is prepared. ${ask}`);
}

async function lastCommitted(tx: Transaction, of: { environment: FoundEnvironment; feedId: number }): Promise<RunRow | null> {
  const [committed] = await tx
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.institutionId, of.environment.institutionId),
        eq(runs.environmentId, of.environment.id),
        eq(runs.feedId, of.feedId),
        eq(runs.state, "committed"),
      ),
    )
    .orderBy(desc(runs.commitSeq))
    .limit(1);
  return committed ?? null;
}

async function digestOf(tx: Transaction, run: RunRow): Promise<string | null> {
  const [delivery] = await tx
    .select({ digest: deliveries.digest })
    .from(deliveries)
    .where(and(eq(deliveries.institutionId, run.institutionId), eq(deliveries.id, run.deliveryId)));
  return delivery?.digest ?? null;
}
