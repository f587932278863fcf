import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { environments, institutions, leftOut, runIssueTotals, runs } from "@/db/schema";
import type { RunNotice } from "@/emails/run-notice";
import { env } from "@/server/env";
import { AppError } from "@/server/errors";
import { inWords, wordsOf } from "@/server/roster/labels";
import { parseRunCounts } from "@/server/services/runs/counts";
import { actionsOf } from "./count-actions";
import { lookFirst } from "./look-first";
import type { NoticeKind } from "./render";

/** What a mail about a run says, all but the reader's role: counts, places and causes, no person. Throws NOT_FOUND. */
export async function describeRun(
  tx: Transaction,
  of: { runId: string; kind: NoticeKind },
): Promise<{ institutionId: number; notice: Omit<RunNotice, "role" | "stopUrl"> }> {
  const [run] = await tx
    .select({
      institutionId: runs.institutionId,
      number: runs.number,
      counts: runs.counts,
      verdict: runs.verdict,
      reason: runs.reason,
      preparedAt: runs.preparedAt,
      endedAt: runs.endedAt,
      createdAt: runs.createdAt,
      environment: environments.name,
      slug: institutions.slug,
      institution: institutions.name,
      timeZone: institutions.timeZone,
      labels: institutions.labels,
    })
    .from(runs)
    .innerJoin(environments, eq(environments.id, runs.environmentId))
    .innerJoin(institutions, eq(institutions.id, runs.institutionId))
    .where(eq(runs.id, of.runId));
  if (run === undefined) throw new AppError("NOT_FOUND", "Run not found");
  const words = wordsOf(z.record(z.string(), z.string()).parse(run.labels));
  const off = await leftOutOf(tx, { institutionId: run.institutionId, runId: of.runId });
  // The numbers of a committed run are settled: what was left out is out of them.
  const counted = of.kind === "committed" ? [] : off;
  const at =
    of.kind === "committed" || of.kind === "failed" || of.kind === "expired"
      ? (run.endedAt ?? run.createdAt)
      : (run.preparedAt ?? run.createdAt);
  return {
    institutionId: run.institutionId,
    notice: {
      environment: run.environment,
      institution: run.institution,
      run: run.number,
      at: timeIn(run.timeZone, at),
      actions: (of.kind === "failed" ? [] : actionsOf(parseRunCounts(run.counts), counted)).map((action) => ({
        ...action,
        parts: action.parts.map((part) => inWords(part, words)),
      })),
      leftOff: off.reduce((sum, one) => sum + one.count, 0),
      lookFirst: lookFirst({
        ...of,
        verdict: run.verdict,
        reason: run.reason,
        errors: await errorsOf(tx, run.institutionId, of.runId),
      }).map((line) => inWords(line, words)),
      url: new URL(`/i/${run.slug}/${run.environment}/runs/${run.number}`, env.ROLLCALL_URL).toString(),
    },
  };
}

async function leftOutOf(tx: Transaction, of: { institutionId: number; runId: string }) {
  return tx
    .select({ entity: leftOut.entity, action: leftOut.action, part: leftOut.part, count: sql<number>`count(*)::int` })
    .from(leftOut)
    .where(and(eq(leftOut.institutionId, of.institutionId), eq(leftOut.runId, of.runId), isNull(leftOut.onAt)))
    .groupBy(leftOut.entity, leftOut.action, leftOut.part);
}

async function errorsOf(tx: Transaction, institutionId: number, runId: string): Promise<number> {
  const [found] = await tx
    .select({ errors: sql<number>`coalesce(sum(${runIssueTotals.total}), 0)::int` })
    .from(runIssueTotals)
    .where(and(eq(runIssueTotals.institutionId, institutionId), eq(runIssueTotals.runId, runId), eq(runIssueTotals.severity, "error")));
  return found?.errors ?? 0;
}

/** "Nov 22, 2026, 02:35 CST": the institution's clock, named, since readers sit elsewhere too. */
const timeIn = (timeZone: string, at: Date): string =>
  new Intl.DateTimeFormat("en-US", {
    timeZone,
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  }).format(at);
