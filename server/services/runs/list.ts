import { and, desc, eq, inArray, lt } from "drizzle-orm";
import { z } from "zod";
import { feeds, runs } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { ENTITIES } from "@/server/roster/entities";
import { RUN_STATES, type RunKind, type RunState, type Trigger } from "@/server/roster/run";
import { type ByAction, parseRunCounts, plannedChanges, totalOf } from "./counts";
import { namesOf } from "./people";
import { EnvironmentPlace, findEnvironment, type RunRow } from "./place";
import { isStalled } from "./stalled";

export const ListRuns = EnvironmentPlace.extend({
  /** Runs older than this number. */
  cursor: z.number().int().positive().nullish(),
  state: z.array(z.enum(RUN_STATES)).max(RUN_STATES.length).optional(),
  limit: z.number().int().min(1).max(50).default(25),
});

/** One line of History. */
export interface RunLine {
  readonly number: number;
  readonly state: RunState;
  readonly stalled: boolean;
  readonly kind: RunKind;
  readonly trigger: Trigger;
  readonly autoCommit: boolean;
  readonly feed: string;
  readonly by: string | null;
  readonly decidedBy: string | null;
  readonly createdAt: Date;
  readonly preparedAt: Date | null;
  readonly endedAt: Date | null;
  readonly reason: string | null;
  readonly commitSeq: number | null;
  readonly read: number;
  readonly changes: ByAction;
  readonly rejected: number;
  /** Changes that were left out when the run was committed; nought before. */
  readonly leftOut: number;
  readonly readOf: {
    readonly schools: number;
    readonly teachers: number;
    readonly students: number;
    readonly classes: number;
    readonly enrollments: number;
  };
}

/** Runs of an environment, newest first, by keyset on their number. */
export async function listRuns(actor: TenantActor, raw: z.input<typeof ListRuns>): Promise<{ rows: RunLine[]; nextCursor: number | null }> {
  authorize(actor, "run:read");
  const input = ListRuns.parse(raw);
  const now = new Date();
  return asTenant(actor.institutionId, async (tx) => {
    const environment = await findEnvironment(tx, actor, input.environment);
    const found = await tx
      .select({ run: runs, feed: feeds.name })
      .from(runs)
      .innerJoin(feeds, and(eq(feeds.institutionId, runs.institutionId), eq(feeds.id, runs.feedId)))
      .where(
        and(
          eq(runs.institutionId, actor.institutionId),
          eq(runs.environmentId, environment.id),
          input.cursor ? lt(runs.number, input.cursor) : undefined,
          input.state ? inArray(runs.state, input.state) : undefined,
        ),
      )
      .orderBy(desc(runs.number))
      .limit(input.limit + 1);
    const page = found.slice(0, input.limit);
    const nameOf = await namesOf(
      tx,
      page.flatMap(({ run }) => [run.startedBy, run.decidedBy]),
    );
    return {
      rows: page.map(({ run, feed }) => ({ ...lineOf(run, now), feed, by: nameOf(run.startedBy), decidedBy: nameOf(run.decidedBy) })),
      nextCursor: found.length > input.limit ? (page.at(-1)?.run.number ?? null) : null,
    };
  });
}

function lineOf(run: RunRow, now: Date): Omit<RunLine, "feed" | "by" | "decidedBy"> {
  const counts = parseRunCounts(run.counts);
  const changes = totalOf(plannedChanges(counts));
  const sum = (field: "read" | "rejected" | "refused") => ENTITIES.reduce((total, entity) => total + counts[entity][field], 0);
  return {
    number: run.number,
    state: run.state,
    stalled: isStalled(run, now),
    kind: run.kind,
    trigger: run.trigger,
    autoCommit: run.autoCommit,
    createdAt: run.createdAt,
    preparedAt: run.preparedAt,
    endedAt: run.endedAt,
    reason: run.reason,
    commitSeq: run.commitSeq,
    read: sum("read"),
    changes,
    rejected: sum("rejected"),
    leftOut: run.commitSeq === null ? 0 : sum("refused"),
    readOf: {
      schools: counts.orgs.read,
      teachers: counts.people.teachers.read,
      students: counts.people.students.read,
      classes: counts.classes.read,
      enrollments: counts.enrollments.read,
    },
  };
}
