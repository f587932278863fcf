import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { organizationSchools, organizations, runs } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { ACTIONS } from "@/server/roster/change";
import { currentAt } from "@/server/services/roster/current";
import { type ByAction, noActions } from "@/server/services/runs/counts";
import { EnvironmentPlace, type FoundEnvironment, findEnvironment } from "@/server/services/runs/place";
import { knownOrgs } from "./known-orgs";
import { portalMode } from "./mapping";

/** What is counted of an organization, in the order of the columns. */
const COLUMNS = ["schools", "students", "teachers", "classes"] as const;
type Column = (typeof COLUMNS)[number];

interface Cell {
  /** Active now. */
  readonly active: number;
  /** What the last commit did there. */
  readonly changes: ByAction;
}

interface OrganizationLine {
  readonly id: number;
  readonly name: string;
  readonly parentId: number | null;
  /** How many organizations stand above it. */
  readonly depth: number;
  readonly schools: readonly { readonly key: string; readonly name: string }[];
  readonly cells: Readonly<Record<Column, Cell>>;
}

export interface OrganizationList {
  readonly mode: "single" | "multi";
  readonly organizations: readonly OrganizationLine[];
  /** Schools that belong to no organization. */
  readonly unmapped: number;
  readonly lastCommit: { readonly run: number; readonly at: Date | null } | null;
}

/** The organizations as a tree written out, with what is active in each and how many changes the last commit brought, by column (requirement 75). */
export async function listOrganizations(actor: TenantActor, raw: z.input<typeof EnvironmentPlace>): Promise<OrganizationList> {
  authorize(actor, "roster:read");
  const input = EnvironmentPlace.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const environment = await findEnvironment(tx, actor, input.environment);
    const { institutionId } = actor;
    const made = await tx
      .select()
      .from(organizations)
      .where(eq(organizations.institutionId, institutionId))
      .orderBy(asc(organizations.name));
    const mapped = await tx.select().from(organizationSchools).where(eq(organizationSchools.institutionId, institutionId));
    const orgs = await knownOrgs(tx, environment);
    const nameOf = new Map(orgs.map((org) => [org.key, org.name]));
    const known = new Set(mapped.map((row) => row.schoolKey));
    const cells = await knownCells(environment, mapped, () => cellsOf(tx, environment));
    const [commit] = await tx
      .select({ run: runs.number, at: runs.endedAt })
      .from(runs)
      .where(and(eq(runs.institutionId, institutionId), eq(runs.environmentId, environment.id), eq(runs.commitSeq, environment.headSeq)));
    return {
      mode: (await portalMode(tx, actor)).mode,
      organizations: writtenOut(made).map(({ id, name, parentId, depth }) => ({
        id,
        name,
        parentId,
        depth,
        schools: mapped
          .filter((row) => row.organizationId === id)
          .map(({ schoolKey }) => ({ key: schoolKey, name: nameOf.get(schoolKey) ?? schoolKey })),
        cells: {
          schools: cells.get(`${id} schools`) ?? nothing(),
          students: cells.get(`${id} students`) ?? nothing(),
          teachers: cells.get(`${id} teachers`) ?? nothing(),
          classes: cells.get(`${id} classes`) ?? nothing(),
        },
      })),
      unmapped: orgs.filter((org) => !known.has(org.key)).length,
      lastCommit: commit ?? null,
    };
  });
}

const nothing = (): Cell => ({ active: 0, changes: noActions() });

type Node = Pick<typeof organizations.$inferSelect, "id" | "name" | "parentId">;

/** Each organization followed by those below it, in the order in which they came. */
function writtenOut(nodes: readonly Node[]): (Node & { depth: number })[] {
  const lines: (Node & { depth: number })[] = [];
  const walk = (parentId: number | null, depth: number): void => {
    for (const node of nodes.filter((one) => one.parentId === parentId)) {
      lines.push({ ...node, depth });
      walk(node.id, depth + 1);
    }
  };
  walk(null, 0);
  return lines;
}

const Figure = z.object({
  organization: z.number(),
  column: z.enum(COLUMNS),
  isActive: z.boolean(),
  /** What the last commit did; null: it left them alone. */
  action: z.enum(ACTIONS).nullable(),
  n: SqlCount,
});

type Cells = ReadonlyMap<string, Cell>;

/** Of so many environments the figures are kept; the oldest goes first. */
const KEPT_MAX = 500;
const kept = new Map<number, { readonly of: string; readonly cells: Cells }>();

/**
 * The figures of an environment, counted once for each commit and mapping: versions of a commit never change, and a head never names
 * two. Only numbers are kept.
 */
async function knownCells(
  environment: FoundEnvironment,
  mapped: readonly { organizationId: number; schoolKey: string }[],
  countThem: () => Promise<Cells>,
): Promise<Cells> {
  const of = JSON.stringify([environment.headSeq, mapped.map(({ organizationId, schoolKey }) => [organizationId, schoolKey]).toSorted()]);
  const known = kept.get(environment.id);
  if (known?.of === of) return known.cells;
  const cells = await countThem();
  kept.delete(environment.id);
  kept.set(environment.id, { of, cells });
  const [oldest] = kept.keys();
  if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
  return cells;
}

/**
 * Active rows and the head's changes, by organization and column. Current rows are gone through once, and first counted by the schools
 * that they name, of which there are few: a person of two schools of one organization counts once there.
 */
async function cellsOf(tx: Transaction, environment: FoundEnvironment): Promise<Map<string, Cell>> {
  const { institutionId, id, bucket, headSeq } = environment;
  const cells = new Map<string, Cell>();
  if (headSeq === 0) return cells;
  const asOf = { institutionId, environmentId: id, bucket, seq: headSeq };
  const bySchools = (of: { entity: "orgs" | "users" | "classes"; schools: string; column: SQL; where?: SQL }) => sql`
    select ${sql.raw(of.schools)} as schools, ${of.column} as "column", v.status = 'active' as active,
      case when v.from_seq = ${headSeq} then v.action end as action, count(*) as n
    from ${currentAt(asOf, of.entity)} v
    where ${of.where ?? sql`true`}
    group by 1, 2, 3, 4`;
  const figures = await read(
    tx,
    Figure,
    sql`
      with counted as (
        ${bySchools({ entity: "orgs", schools: "v.source_key", column: sql`'schools'`, where: sql`v.type = 'school'` })}
        union all
        ${bySchools({ entity: "classes", schools: "v.school_key", column: sql`'classes'` })}
        union all
        ${bySchools({
          entity: "users",
          schools: "v.org_keys",
          column: sql`case v.primary_role when 'student' then 'students' else 'teachers' end`,
          where: sql`v.primary_role in ('student', 'teacher')`,
        })})
      select o.organization_id as organization, c."column", c.active as "isActive", c.action, sum(c.n) as n
      from counted c
      cross join lateral (
        select distinct m.organization_id
        from unnest(case when c."column" in ('students', 'teachers') then string_to_array(c.schools, ',') else array[c.schools] end) k
        join organization_schools m on m.institution_id = ${institutionId} and m.school_key = k) o
      group by 1, 2, 3, 4`,
  );
  for (const { organization, column, isActive, action, n } of figures) {
    const key = `${organization} ${column}`;
    const { active, changes } = cells.get(key) ?? nothing();
    cells.set(key, {
      active: active + (isActive ? n : 0),
      changes: action === null ? changes : { ...changes, [action]: changes[action] + n },
    });
  }
  return cells;
}
