import { and, asc, eq, gt, isNotNull } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { runs } from "@/db/schema";
import { parseRunCounts, plannedChanges, sumOf, totalOf } from "./counts";
import { namesOf } from "./people";
import type { FoundEnvironment, RunRow } from "./place";
import { counted } from "./words";

/** So many commits are named one by one. */
const NAMED_MAX = 5;

/**
 * What was committed in the plan's environment since the plan was prepared, as a sentence: "Since then run 2 committed 340 changes (Ana
 * Lee), and run 3 committed 5 changes (Kim Lund)."; null when nothing was.
 */
export async function movedSince(tx: Transaction, run: RunRow, environment: FoundEnvironment): Promise<string | null> {
  const since = await tx
    .select({ number: runs.number, counts: runs.counts, decidedBy: runs.decidedBy })
    .from(runs)
    .where(
      and(
        eq(runs.institutionId, run.institutionId),
        eq(runs.environmentId, environment.id),
        isNotNull(runs.commitSeq),
        gt(runs.commitSeq, run.baseSeq ?? 0),
      ),
    )
    .orderBy(asc(runs.commitSeq));
  if (since.length === 0) return null;
  const nameOf = await namesOf(
    tx,
    since.map((each) => each.decidedBy),
  );
  const named = since.slice(-NAMED_MAX).map(({ number, counts, decidedBy }) => {
    const changes = sumOf(totalOf(plannedChanges(parseRunCounts(counts))));
    return `run ${number} committed ${counted(changes, ["change", "changes"])} (${nameOf(decidedBy) ?? "by itself"})`;
  });
  const more = since.length - named.length;
  const before = more > 0 ? [`${counted(more, ["earlier run", "earlier runs"])} committed too`] : [];
  return `Since then ${[...before, ...named].join(", and ")}.`;
}
