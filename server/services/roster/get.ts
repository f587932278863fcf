import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { hasSourcedId } from "@/db/roster";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { COLUMNS, type Entity } from "@/server/roster/entities";
import { rolesOf } from "@/server/roster/org-roles";
import { referredKeys } from "@/server/services/changes/fields";
import { cellsOf } from "@/server/services/changes/page";
import { findEnvironment } from "@/server/services/runs/place";
import { todayIn } from "@/server/services/runs/words";
import { currentAt } from "./current";
import { isConcluded } from "./dates";
import { type EnrollmentLine, enrollmentsOf } from "./enrollments";
import { historyOf } from "./history";
import type { HistoryEntry } from "./history-entry";
import { type AsOf, type Labels, labelsOf, type NamedEntity, nameFrom, nameIn } from "./labels";
import { termEnds } from "./list-classes";
import { asOfHead, entityOfKind, RosterPlace } from "./place";

export const GetRecord = RosterPlace.extend({ sourcedId: z.string().min(1).max(255) });

/** One record with all that is known of it. */
export interface RosterRecord {
  readonly sourcedId: string;
  readonly sourceKey: string;
  readonly name: string;
  readonly status: string;
  readonly role: string | null;
  /** Of classes: their last day has come. */
  readonly concluded: boolean;
  /** Names of other feeds that bring the same record. */
  readonly alsoIn: readonly string[];
  /** A plan that would change this record, and waits. */
  readonly waiting: { readonly run: number } | null;
  readonly fields: readonly { readonly field: string; readonly value: string; readonly note?: string }[];
  readonly earlierNames: readonly string[];
  /** Of a person: their classes; of a class: its people. */
  readonly enrollments: readonly EnrollmentLine[];
  /** What happened to it, newest first. */
  readonly history: readonly HistoryEntry[];
}

const Row = z.object({ source_key: z.string(), sourced_id: z.string().nullable(), feed_id: z.number(), status: z.string() }).loose();

/** A record of the committed roster by its sourcedId. Throws NOT_FOUND. */
export async function getRecord(actor: TenantActor, raw: z.input<typeof GetRecord>): Promise<RosterRecord> {
  authorize(actor, "roster:read");
  const input = GetRecord.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const environment = await findEnvironment(tx, actor, input.environment);
    const asOf = asOfHead(environment);
    const entity = entityOfKind[input.kind];
    const today = todayIn(actor.institution.timeZone, new Date());
    const [row] = await read(
      tx,
      Row,
      sql`select v.* from ${currentAt(asOf, entity)} v where ${hasSourcedId("v", input.sourcedId)} and ${ofKind(input.kind)} limit 1`,
    );
    if (row === undefined) throw new AppError("NOT_FOUND", "There is no such record here");
    const cells = cellsOf(entity, row);
    const record = { entity, key: row.source_key, feedId: row.feed_id };
    const labels = await labelsFor(tx, asOf, { entity, cells });
    const history = await historyOf(tx, { asOf, environment: environment.name, record });
    const name = nameFrom(entity, cells, row.source_key);
    return {
      sourcedId: row.sourced_id ?? row.source_key,
      sourceKey: row.source_key,
      name,
      status: row.status,
      role: cells.primary_role ?? null,
      concluded: entity === "classes" && (await concluded(tx, asOf, { cells, today })),
      alsoIn: [],
      waiting: history.waiting,
      fields: shownFields(entity, cells, labels),
      earlierNames: history.earlierNames.filter((earlier) => earlier !== name),
      enrollments: entity === "orgs" ? [] : await enrollmentsOf(tx, asOf, { entity, key: row.source_key, today }),
      history: history.entries,
    };
  });
}

/** A student's page never answers for a teacher's id: each kind has its own address. */
function ofKind(kind: z.infer<typeof RosterPlace>["kind"]): SQL {
  switch (kind) {
    case "students":
      return sql`v.primary_role = 'student'`;
    case "teachers":
      return sql`v.primary_role <> 'student'`;
    case "schools":
    case "classes":
      return sql`true`;
    default:
      return kind satisfies never;
  }
}

async function labelsFor(tx: Transaction, asOf: AsOf, of: { entity: Entity; cells: Record<string, string | null> }): Promise<Labels> {
  const wanted = new Map<NamedEntity, Set<string>>();
  for (const each of referredKeys(of.entity, of.cells)) {
    if (each.entity === "enrollments" || each.entity === "relationships") continue;
    wanted.set(each.entity, (wanted.get(each.entity) ?? new Set()).add(each.key));
  }
  return labelsOf(tx, asOf, wanted);
}

function shownFields(entity: Entity, cells: Record<string, string | null>, labels: Labels): RosterRecord["fields"] {
  return COLUMNS[entity].flatMap((column) => {
    if (column.name === "org_roles") return roleFields(cells, labels);
    const value = cells[column.name] ?? null;
    if (value === null) return [];
    const refers = "refers" in column ? column.refers : undefined;
    if (refers === undefined) return [{ field: column.name, value }];
    const keys = column.type === "list" ? value.split(",") : [value];
    const note = column.name === "parent_class_key" ? { note: `meets with ${nameIn(labels, refers, value)}` } : {};
    return [{ field: column.name, value: keys.map((key) => nameIn(labels, refers, key)).join(", "), ...note }];
  });
}

/** "teacher at North, aide at South until 2027-01-01", in words instead of the list that is stored. */
function roleFields(cells: Record<string, string | null>, labels: Labels): RosterRecord["fields"] {
  const roles = rolesOf(cells);
  if (roles.length === 0) return [];
  const said = roles.map(({ org, role, start, end }) =>
    [`${role} at ${nameIn(labels, "orgs", org)}`, start === null ? "" : `from ${start}`, end === null ? "" : `until ${end}`]
      .filter((part) => part !== "")
      .join(" "),
  );
  return [{ field: "org_roles", value: said.join(", ") }];
}

async function concluded(tx: Transaction, asOf: AsOf, of: { cells: Record<string, string | null>; today: string }): Promise<boolean> {
  const terms = of.cells.term_keys?.split(",") ?? [];
  const ends = await termEnds(tx, asOf, terms);
  return isConcluded(
    of.cells.end_date ?? null,
    terms.map((key) => ends.get(key) ?? null),
    of.today,
  );
}
