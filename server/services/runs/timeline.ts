import { and, asc, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { choices, runProgress } from "@/db/schema";
import type { TenantActor } from "@/server/auth/actor";
import { parseRunCounts, plannedChanges, sumOf, totalOf } from "./counts";
import { takenDeliveries } from "./deliveries";
import { namesOf } from "./people";
import type { RunRow } from "./place";
import type { TimelineEntry } from "./report";
import { isWorking } from "./stalled";
import { counted, rowsOf } from "./words";

const phaseWords: Record<string, [done: string, unit: readonly [string, string]]> = {
  collect: ["Collected", ["file", "files"]],
  load: ["Loaded", ["row", "rows"]],
  check: ["Checked", ["row", "rows"]],
  compare: ["Compared", ["change", "changes"]],
  commit: ["Committed", ["change", "changes"]],
};

/** What happened to a run, oldest first, from the rows that each happening left. */
export async function timelineOf(tx: Transaction, actor: TenantActor, run: RunRow): Promise<TimelineEntry[]> {
  const acts = await tx
    .select()
    .from(choices)
    .where(and(eq(choices.institutionId, actor.institutionId), eq(choices.runId, run.id)))
    .orderBy(asc(choices.version));
  const nameOf = await namesOf(tx, [run.startedBy, run.decidedBy, ...acts.map((act) => act.accountId)]);
  const steps = await phases(tx, run);
  const entries: TimelineEntry[] = [
    ...(await arrivals(tx, run)),
    started(run, nameOf(run.startedBy)),
    ...steps,
    ...prepared(run, steps),
    ...acts.map((act): TimelineEntry => {
      const who = nameOf(act.accountId);
      const text = `${counted(act.changed, ["change", "changes"])} ${act.isOn ? "selected again" : "left out"}${act.undoneAt === null ? "" : ", undone"}`;
      return { at: act.at, kind: "person", text, ...(who === null ? {} : { who }) };
    }),
    ...ended(run, nameOf(run.decidedBy)),
  ];
  return entries.sort((a, b) => a.at.getTime() - b.at.getTime());
}

async function arrivals(tx: Transaction, run: RunRow): Promise<TimelineEntry[]> {
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
  return [...byPhase].flatMap(([phase, sum]): TimelineEntry[] => {
    const words = phaseWords[phase];
    if (words === undefined || phase === "commit") return [];
    const [done, unit] = words;
    if (sum.endedAt !== null)
      return [{ at: sum.endedAt, kind: "phase", text: done, detail: counted(phase === "collect" ? sum.items : sum.done, unit) }];
    return isWorking(run.state)
      ? [{ at: sum.startedAt, kind: "working", text: `${phase[0]?.toUpperCase()}${phase.slice(1)} under way`, detail: rowsOf(sum.done) }]
      : [];
  });
}

/** A plan is ready with the transaction that ends its last phase, whose own end is told a moment later. */
function prepared(run: RunRow, steps: readonly TimelineEntry[]): TimelineEntry[] {
  if (run.preparedAt === null) return [];
  const total = sumOf(totalOf(plannedChanges(parseRunCounts(run.counts))));
  const held = run.verdict !== null && typeof run.verdict === "object" && "outcome" in run.verdict && run.verdict.outcome === "hold";
  return [
    {
      at: new Date(Math.max(run.preparedAt.getTime(), ...steps.map(({ at }) => at.getTime()))),
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
