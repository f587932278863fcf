import { and, asc, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { choices, runProgress } from "@/db/schema";
import type { TenantActor } from "@/server/auth/actor";
import { readsFiles } from "@/server/roster/run";
import { parseRunCounts, plannedChanges, sumOf, totalOf } from "./counts";
import { deltaDeliveries, takenDeliveries } from "./deliveries";
import { mailsSent } from "./mails";
import { namesOf } from "./people";
import type { RunRow } from "./place";
import type { TimelineEntry } from "./report";
import { isWorking } from "./stalled";
import { counted, rowsOf } from "./words";

/** In the order in which a run goes through them. */
const phaseWords: Record<string, [done: string, unit: readonly [string, string]]> = {
  collect: ["Collected", ["file", "files"]],
  load: ["Loaded", ["row", "rows"]],
  check: ["Checked", ["row", "rows"]],
  compare: ["Compared", ["change", "changes"]],
  commit: ["Committed", ["change", "changes"]],
};

/**
 * What happened to a run, oldest first, from the rows that each happening left. The order is that of the list, for it is the only
 * one possible: each happening is told by another process, and the end of a phase is written a moment after what it brings about.
 */
export async function timelineOf(tx: Transaction, actor: TenantActor, run: RunRow): Promise<TimelineEntry[]> {
  const acts = await tx
    .select()
    .from(choices)
    .where(and(eq(choices.institutionId, actor.institutionId), eq(choices.runId, run.id)))
    .orderBy(asc(choices.version));
  const nameOf = await namesOf(tx, [run.startedBy, run.decidedBy, ...acts.map((act) => act.accountId)]);
  const entries: TimelineEntry[] = [
    ...(await arrivals(tx, run)),
    started(run, nameOf(run.startedBy)),
    ...(await phases(tx, run)),
    ...prepared(run),
    ...acts.map((act): TimelineEntry => {
      const who = nameOf(act.accountId);
      const text = `${counted(act.changed, ["change", "changes"])} ${act.isOn ? "selected again" : "left out"}${act.undoneAt === null ? "" : ", undone"}`;
      return { at: act.at, kind: "person", text, ...(who === null ? {} : { who }) };
    }),
    ...ended(run, nameOf(run.decidedBy)),
    ...(await keptOrDropped(tx, run)),
  ];
  // A mail may have waited for hours for its server: it stands at its own moment.
  return [...inOrder(entries), ...(await mailsSent(tx, run))].toSorted((one, other) => one.at.getTime() - other.at.getTime());
}

/** No happening shows an earlier moment than the one before it. */
function inOrder(entries: readonly TimelineEntry[]): TimelineEntry[] {
  let latest = 0;
  return entries.map((entry) => {
    latest = Math.max(latest, entry.at.getTime());
    return { ...entry, at: new Date(latest) };
  });
}

async function arrivals(tx: Transaction, run: RunRow): Promise<TimelineEntry[]> {
  if (!readsFiles(run.trigger)) return [];
  const taken = await takenDeliveries(tx, run);
  return taken.flatMap((delivery) =>
    delivery.receivedAt === null
      ? []
      : [
          {
            at: delivery.receivedAt,
            kind: "delivery" as const,
            text: "Files arrived and complete",
            ...(delivery.packageName === null ? {} : { detail: delivery.packageName }),
          },
        ],
  );
}

function started(run: RunRow, who: string | null): TimelineEntry {
  const words = {
    person: "Started",
    command: "Started by the command",
    arrival: "Started by an arrival",
    schedule: "Started by schedule",
    again: "Prepared again",
    undo: "Undo asked for",
    promotion: "Brought over from Preview",
  };
  return { at: run.createdAt, kind: "person", text: words[run.trigger], ...(who === null ? {} : { who }) };
}

async function phases(tx: Transaction, run: RunRow): Promise<TimelineEntry[]> {
  const rows = await tx
    .select()
    .from(runProgress)
    .where(and(eq(runProgress.institutionId, run.institutionId), eq(runProgress.runId, run.id)))
    .orderBy(asc(runProgress.startedAt));
  const byPhase = new Map<string, { done: number; items: number; startedAt: Date; endedAt: Date | null }>();
  for (const row of rows) {
    const known = byPhase.get(row.phase);
    if (known === undefined) byPhase.set(row.phase, { done: row.done, items: 1, startedAt: row.startedAt, endedAt: row.endedAt });
    else {
      known.done += row.done;
      known.items += 1;
      known.endedAt =
        known.endedAt === null || row.endedAt === null ? null : new Date(Math.max(known.endedAt.getTime(), row.endedAt.getTime()));
    }
  }
  return Object.entries(phaseWords).flatMap(([phase, [done, unit]]): TimelineEntry[] => {
    const sum = byPhase.get(phase);
    if (sum === undefined || phase === "commit") return [];
    if (sum.endedAt !== null)
      return [{ at: sum.endedAt, kind: "phase", text: done, detail: counted(phase === "collect" ? sum.items : sum.done, unit) }];
    return isWorking(run.state)
      ? [{ at: sum.startedAt, kind: "working", text: `${phase[0]?.toUpperCase()}${phase.slice(1)} under way`, detail: rowsOf(sum.done) }]
      : [];
  });
}

function prepared(run: RunRow): TimelineEntry[] {
  if (run.preparedAt === null) return [];
  const total = sumOf(totalOf(plannedChanges(parseRunCounts(run.counts))));
  const held = run.verdict !== null && typeof run.verdict === "object" && "outcome" in run.verdict && run.verdict.outcome === "hold";
  return [
    {
      at: run.preparedAt,
      kind: held ? "held" : "ready",
      text: held ? "Held for a person" : "Ready to review",
      detail: counted(total, ["change", "changes"]),
    },
  ];
}

function ended(run: RunRow, name: string | null): TimelineEntry[] {
  if (run.endedAt === null) return [];
  const who = name === null ? {} : { who: name };
  const detail = run.reason === null ? {} : { detail: run.reason };
  switch (run.state) {
    case "committed":
      return [
        {
          at: run.endedAt,
          kind: "committed",
          text: run.commitSeq === null ? "Committed" : `Committed as commit ${run.commitSeq}`,
          ...detail,
          ...who,
        },
      ];
    case "failed":
      return [{ at: run.endedAt, kind: "failed", text: "Failed", ...detail }];
    case "discarded":
      return [{ at: run.endedAt, kind: "ended", text: "Discarded", ...detail, ...who }];
    case "superseded":
      return [{ at: run.endedAt, kind: "ended", text: "Superseded", ...detail }];
    case "setAside":
      return [{ at: run.endedAt, kind: "ended", text: "Set aside", ...detail }];
    case "expired":
      return [{ at: run.endedAt, kind: "ended", text: "Expired", ...detail }];
    case "ignored":
      return [{ at: run.endedAt, kind: "ended", text: "Nothing to do", ...detail }];
    default:
      return [];
  }
}

/** What was said of the deliveries that list only changes when their plan was discarded. */
async function keptOrDropped(tx: Transaction, run: RunRow): Promise<TimelineEntry[]> {
  if (run.endedAt === null || run.state !== "discarded") return [];
  const found = await deltaDeliveries(tx, run);
  if (found.length === 0) return [];
  const many = counted(found.length, ["delivery", "deliveries"]);
  const text = found.some(({ dropped }) => dropped) ? `${many} of changes dropped for good` : `${many} of changes kept for the next run`;
  return [{ at: run.endedAt, kind: "delivery", text }];
}
