import { and, desc, eq, notInArray, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { environments, runs } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { ACTIONS } from "@/server/roster/change";
import type { Entity } from "@/server/roster/entities";
import { ENVIRONMENTS, type EnvironmentName, type RunState } from "@/server/roster/run";
import { countRosterOf } from "@/server/services/roster/counts";
import { parseRunCounts } from "@/server/services/runs/counts";
import { EnvironmentPlace, type FoundEnvironment, findEnvironment, isWaiting, type RunRow } from "@/server/services/runs/place";

/** What is counted, in the order of the page. */
const COUNTED = ["schools", "teachers", "students", "people", "classes", "courses", "terms", "enrollments"] as const;
type Counted = (typeof COUNTED)[number];
type Figures = Readonly<Record<Counted, number>>;

export interface Overview {
  readonly environments: Readonly<Record<EnvironmentName, { readonly counts: Figures; readonly committedAt: Date | null }>>;
  /** What the newest run of this environment read out of the source; null before the first. */
  readonly source: { readonly run: number; readonly at: Date; readonly counts: Figures } | null;
  /** What the plan that waits here would make active; null where none waits. */
  readonly prepared: { readonly run: number; readonly counts: Partial<Figures> } | null;
  /** The last runs that read something, oldest first. */
  readonly points: readonly { readonly run: number; readonly at: Date; readonly state: RunState; readonly counts: Figures }[];
}

const POINTS = 30;

/** How much there is of everything: in the source, in Preview, in Production, and over the last thirty runs (requirement 49). */
export async function getOverview(actor: TenantActor, raw: z.input<typeof EnvironmentPlace>): Promise<Overview> {
  authorize(actor, "roster:read");
  const input = EnvironmentPlace.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const here = await findEnvironment(tx, actor, input.environment);
    const all = await tx.select().from(environments).where(eq(environments.institutionId, actor.institutionId));
    const of = (name: EnvironmentName) => {
      const found = all.find((one) => one.name === name);
      return { counts: figuresOf(found?.counts ?? {}), committedAt: found?.committedAt ?? null };
    };
    const read = await runsThatRead(tx, here);
    const [newest] = read;
    const waiting = read.find(isWaiting);
    return {
      environments: { preview: of(ENVIRONMENTS[0]), production: of(ENVIRONMENTS[1]) },
      source: newest === undefined ? null : { run: newest.number, at: newest.createdAt, counts: readIn(newest) },
      prepared: waiting === undefined ? null : { run: waiting.number, counts: afterwards(waiting, figuresOf(here.counts).schools) },
      points: read.toReversed().map((run) => ({ run: run.number, at: run.createdAt, state: run.state, counts: readIn(run) })),
    };
  });
}

/** Newest first. A run that never came to read, or whose content was known, says nothing of the source. */
async function runsThatRead(tx: Transaction, environment: FoundEnvironment): Promise<RunRow[]> {
  return tx
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.institutionId, environment.institutionId),
        eq(runs.environmentId, environment.id),
        notInArray(runs.trigger, ["undo", "promotion"]),
        sql`${runs.preparedAt} is not null and ${runs.schools} is null`,
      ),
    )
    .orderBy(desc(runs.number))
    .limit(POINTS);
}

/** `environments.counts`, under the words of this page. */
function figuresOf(stored: unknown): Figures {
  const { schools, teachers, students, users, classes, courses, academicSessions, enrollments } = countRosterOf(stored);
  return { schools, teachers, students, people: users, classes, courses, terms: academicSessions, enrollments };
}

/** Rows that a run read. Organizations of every kind stand under schools: a file of them says of each what it is. */
function readIn(run: RunRow): Figures {
  const counts = parseRunCounts(run.counts);
  return {
    schools: counts.orgs.read,
    teachers: counts.people.teachers.read,
    students: counts.people.students.read,
    people: counts.users.read,
    classes: counts.classes.read,
    courses: counts.courses.read,
    terms: counts.academicSessions.read,
    enrollments: counts.enrollments.read,
  };
}

/** By how much a plan with everything on moves the active rows of each part, as the engine wrote it down (`runs.counts.moved`). */
const Moved = z.object({ moved: z.record(z.string(), z.record(z.string(), z.number())).default({}) });

/** What would be active after the commit of a plan. It counts all organizations together: of schools it is known where none of them changes. */
function afterwards(run: RunRow, schools: number): Partial<Figures> {
  const counts = parseRunCounts(run.counts);
  const { moved } = Moved.parse(run.counts);
  const shift = (entity: Entity): number => Object.values(moved[entity] ?? {}).reduce((sum, n) => sum + n, 0);
  const isSame = ACTIONS.every((action) => counts.orgs[action] === 0);
  return {
    ...(isSame ? { schools } : {}),
    teachers: counts.people.teachers.before + (moved.users?.teachers ?? 0),
    students: counts.people.students.before + (moved.users?.students ?? 0),
    people: counts.users.before + shift("users"),
    classes: counts.classes.before + shift("classes"),
    courses: counts.courses.before + shift("courses"),
    terms: counts.academicSessions.before + shift("academicSessions"),
    enrollments: counts.enrollments.before + shift("enrollments"),
  };
}
