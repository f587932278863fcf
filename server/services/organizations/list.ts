import { and, asc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { versionsOf } from "@/db/roster";
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
export const COLUMNS = ["schools", "students", "teachers", "classes"] as const;
export type Column = (typeof COLUMNS)[number];

export interface Cell {
  /** Active now. */
  readonly active: number;
  /** What the last commit did there. */
  readonly changes: ByAction;
}

export interface OrganizationLine {
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
    const cells = await cellsOf(tx, environment);
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
  action: z.enum(ACTIONS).nullable(),
  n: SqlCount,
});

/** Active rows and the head's changes, by organization and column. A person of two schools of one organization counts once there. */
async function cellsOf(tx: Transaction, environment: FoundEnvironment): Promise<Map<string, Cell>> {
  const { institutionId, id, bucket, headSeq } = environment;
  const asOf = { institutionId, environmentId: id, bucket, seq: headSeq };
  const now = (entity: "orgs" | "users" | "classes") =>
    sql`(select c.*, null::text as done from ${currentAt(asOf, entity)} c where c.status = 'active')`;
  const changed = (entity: "orgs" | "users" | "classes") => sql`(
    select c.*, c.action as done from ${versionsOf(entity)} c
    where c.institution_id = ${institutionId} and c.environment_id = ${id} and c.bucket = ${bucket} and c.from_seq = ${headSeq})`;
  const belongs = (key: string) =>
    sql`join organization_schools m on m.institution_id = ${institutionId} and m.school_key = ${sql.raw(key)}`;
  const cells = new Map<string, Cell>();
  if (headSeq === 0) return cells;
  for (const rows of [now, changed]) {
    const figures = await read(
      tx,
      Figure,
      sql`
        select m.organization_id as organization, 'schools' as "column", v.done as action, count(*) as n
        from ${rows("orgs")} v ${belongs("v.source_key")}
        group by 1, 3
        union all
        select m.organization_id, 'classes', v.done, count(*)
        from ${rows("classes")} v ${belongs("v.school_key")}
        group by 1, 3
        union all
        select m.organization_id, case v.primary_role when 'student' then 'students' else 'teachers' end, v.done, count(distinct v.source_key)
        from ${rows("users")} v
        cross join unnest(string_to_array(v.org_keys, ',')) k
        ${belongs("k")}
        where v.primary_role in ('student', 'teacher')
        group by 1, 2, 3`,
    );
    for (const { organization, column, action, n } of figures) {
      const key = `${organization} ${column}`;
      const cell = cells.get(key) ?? nothing();
      cells.set(key, action === null ? { ...cell, active: n } : { ...cell, changes: { ...cell.changes, [action]: n } });
    }
  }
  return cells;
}
