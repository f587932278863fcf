import { and, asc, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { deliveries, environments, feeds, handOffs, runs } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { ENDED_STATES, type RunState, WAITING_STATES } from "@/server/roster/run";
import { labelOf } from "@/server/services/feeds/label";
import { testDelivery } from "./check-delivery";
import { type OnboardingFacts, onboardingFacts } from "./facts";

type SetupStep = "source" | "connect" | "map" | "preview" | "commit" | "confirm";

/** `waiting`: somebody else's turn: a colleague, or the vendor. `working`: it goes on by itself. */
type SetupState = "done" | "due" | "working" | "waiting" | "later";

interface SetupLine {
  readonly step: SetupStep;
  readonly state: SetupState;
  /** What is known of it, in a few words; null where there is nothing to add. */
  readonly text: string | null;
}

interface SetupFeed {
  readonly id: number;
  readonly name: string;
  readonly source: string;
  readonly label: string;
  /** The newest arrival that can be read. */
  readonly delivery: { readonly id: string; readonly at: Date } | null;
}

export interface Setup {
  readonly lines: readonly SetupLine[];
  /** The step that waits for somebody here; null once Production was confirmed. */
  readonly due: SetupStep | null;
  readonly feeds: readonly SetupFeed[];
  /** The newest run in Preview. */
  readonly run: { readonly number: number; readonly state: RunState; readonly reason: string | null } | null;
  readonly isCommitted: boolean;
}

/** What is still to be done until Production, told from what happened: nothing is kept of it, so leaving and coming back is nothing. */
export async function getSetup(actor: TenantActor): Promise<Setup> {
  authorize(actor, "institution:read");
  const found = await asTenant(actor.institutionId, async (tx) => ({
    facts: await onboardingFacts(tx, actor.institutionId),
    feeds: await feedsOf(tx, actor),
    run: await newestRun(tx, actor),
    colleague: await openHandOff(tx, actor),
  }));
  const { facts, feeds, run } = found;
  const lines = linesOf({ ...found, isRed: run === null && (await isRed(actor, feeds)) });
  const due = lines.find(({ state }) => state !== "done")?.step ?? null;
  return { lines, due, feeds, run, isCommitted: facts.commit !== null };
}

/** Whether the files that came last stopped at their test: they arrived, and cannot be read. */
async function isRed({ institutionId }: TenantActor, feeds: readonly SetupFeed[]): Promise<boolean> {
  const [newest] = feeds.flatMap(({ delivery }) => delivery ?? []).toSorted((one, other) => other.at.getTime() - one.at.getTime());
  if (newest === undefined) return false;
  const { lines } = await testDelivery({ institutionId, deliveryId: newest.id });
  return lines.some(({ outcome }) => outcome === "fail");
}

interface Found {
  readonly facts: OnboardingFacts;
  readonly feeds: readonly SetupFeed[];
  readonly run: Setup["run"];
  /** Who was asked to bring the files, and has not yet. */
  readonly colleague: string | null;
  /** The files that came last cannot be read, and no run was made of any. */
  readonly isRed: boolean;
}

function linesOf({ facts, feeds: all, run, colleague, isRed }: Found): SetupLine[] {
  const arrived = facts.arrival !== null && !isRed;
  const labels = [...new Set(all.map(({ label }) => label))].join(", ");
  const lines: SetupLine[] = [
    { step: "source", state: all.length > 0 ? "done" : "due", text: labels === "" ? null : labels },
    {
      step: "connect",
      state: arrived ? "done" : all.length === 0 ? "later" : colleague === null ? "due" : "waiting",
      text: arrived ? "Files arrived" : isRed ? "The files need a correction" : colleague === null ? null : `Asked ${colleague}`,
    },
    {
      step: "map",
      state: arrived ? "done" : "later",
      text: arrived ? "Every column known, nothing to match" : "Skipped when every column is known",
    },
    isRed ? { step: "preview", state: "later", text: "Runs by itself, writes nothing" } : previewLine(facts, run),
    commitLine(facts, run),
    confirmLine(facts),
  ];
  return lines;
}

function previewLine(facts: OnboardingFacts, run: Setup["run"]): SetupLine {
  if (facts.plan !== null) return { step: "preview", state: "done", text: run === null ? null : `Run ${run.number}` };
  if (run === null) return { step: "preview", state: facts.arrival === null ? "later" : "due", text: "Runs by itself, writes nothing" };
  if (isOneOf(ENDED_STATES, run.state)) return { step: "preview", state: "due", text: run.reason };
  return { step: "preview", state: "working", text: `Run ${run.number} is being prepared` };
}

function commitLine(facts: OnboardingFacts, run: Setup["run"]): SetupLine {
  if (facts.commit !== null) return { step: "commit", state: "done", text: facts.commit.by === null ? null : `By ${facts.commit.by}` };
  const waits = run !== null && isOneOf(WAITING_STATES, run.state);
  return { step: "commit", state: facts.plan === null ? "later" : "due", text: waits ? `Run ${run.number} waits for you` : "You decide" };
}

function confirmLine(facts: OnboardingFacts): SetupLine {
  if (facts.liveConfirmed !== null) return { step: "confirm", state: "done", text: "Production is live" };
  if (facts.live !== null) return { step: "confirm", state: "due", text: "Production is live: look at it and confirm" };
  if (facts.requested !== null) return { step: "confirm", state: "waiting", text: "The vendor’s staff decide" };
  return { step: "confirm", state: facts.commit === null ? "later" : "due", text: "Vendor staff approve" };
}

const isOneOf = (states: readonly string[], state: string): boolean => states.includes(state);

async function feedsOf(tx: Transaction, actor: TenantActor): Promise<SetupFeed[]> {
  const found = await tx
    .select({ id: feeds.id, name: feeds.name, source: feeds.source })
    .from(feeds)
    .where(and(eq(feeds.institutionId, actor.institutionId), isNull(feeds.disabledAt)))
    .orderBy(asc(feeds.id));
  const arrivals = await tx
    .selectDistinctOn([deliveries.feedId], { feedId: deliveries.feedId, id: deliveries.id, at: deliveries.finishedAt })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.institutionId, actor.institutionId),
        eq(deliveries.state, "ready"),
        isNull(deliveries.filesRemovedAt),
        inArray(deliveries.feedId, ids(found)),
      ),
    )
    .orderBy(deliveries.feedId, desc(deliveries.finishedAt));
  return found.map((feed) => {
    const arrival = arrivals.find(({ feedId }) => feedId === feed.id);
    return { ...feed, label: labelOf(feed.source), delivery: arrival?.at == null ? null : { id: arrival.id, at: arrival.at } };
  });
}

/** An empty list is no SQL. */
const ids = (found: readonly { id: number }[]): number[] => (found.length === 0 ? [0] : found.map(({ id }) => id));

async function newestRun(tx: Transaction, actor: TenantActor): Promise<Setup["run"]> {
  const [run] = await tx
    .select({ number: runs.number, state: runs.state, reason: runs.reason })
    .from(runs)
    .innerJoin(environments, and(eq(environments.institutionId, runs.institutionId), eq(environments.id, runs.environmentId)))
    .where(and(eq(runs.institutionId, actor.institutionId), eq(environments.name, "preview")))
    .orderBy(desc(runs.number))
    .limit(1);
  return run ?? null;
}

async function openHandOff(tx: Transaction, actor: TenantActor): Promise<string | null> {
  const [open] = await tx
    .select({ email: handOffs.email })
    .from(handOffs)
    .where(
      and(
        eq(handOffs.institutionId, actor.institutionId),
        isNull(handOffs.doneAt),
        isNull(handOffs.endedAt),
        sql`${handOffs.expiresAt} > now()`,
      ),
    )
    .orderBy(desc(handOffs.createdAt))
    .limit(1);
  return open?.email ?? null;
}
