import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import type { Entity } from "@/server/roster/entities";
import type { RosterSides } from "./check-references";
import type { OpenSet } from "./context";
import { keepFound } from "./issues";
import type { EntityLoads } from "./loads";
import { current, pending, stage } from "./tables";

const Link = z.object({ source_key: z.string(), parent_key: z.string() });

/** Orgs and sessions whose parents run in a circle (E 48, 49). Returns the path of the first one found, for people. */
export async function findCycles(
  tx: Transaction,
  open: OpenSet,
  { entities, sides }: { entities: readonly EntityLoads[]; sides: RosterSides },
): Promise<string | null> {
  for (const { entity, files, heading } of entities) {
    if (entity !== "orgs" && entity !== "academicSessions") continue;
    const path = circleIn(await parents(tx, open, { entity, sides }));
    if (path === null) continue;
    const detail = `The parents run in a circle: ${path.join(" → ")}.`;
    await keepFound(tx, open, {
      severity: "refusal",
      code: "ORG_CYCLE",
      entity,
      rows: sql`select ${path[0] ?? ""}::text as source_key, 1 as position, ${files[0].file}::text as file,
        null::integer as line, ${heading("parent_key")}::text as column_name, ${path[0] ?? ""}::text as seen, ${detail}::text as detail`,
    });
    return detail;
  }
  return null;
}

/** Every record with a parent as it would be after the plan: a few thousand rows at most. */
async function parents(tx: Transaction, open: OpenSet, of: { entity: Entity; sides: RosterSides }): Promise<Map<string, string>> {
  const rows = of.sides.direct.has(of.entity)
    ? sql`select source_key, parent_key from ${pending(open, of.entity, "p")} where parent_key is not null`
    : sql`select source_key, parent_key from ${stage(open, of.entity)} where verdict is null and status <> 'tobedeleted' and parent_key is not null
        union all
        select v.source_key, v.parent_key from ${current(open, of.entity, "v")}
        where v.status <> 'archived' and v.parent_key is not null
          and not exists (select from ${stage(open, of.entity)} s where s.source_key = v.source_key and s.verdict is null)`;
  return new Map((await read(tx, Link, rows)).map((link) => [link.source_key, link.parent_key]));
}

function circleIn(parentOf: ReadonlyMap<string, string>): readonly string[] | null {
  const cleared = new Set<string>();
  for (const start of parentOf.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    for (let at: string | undefined = start; at !== undefined && !cleared.has(at); at = parentOf.get(at)) {
      if (onPath.has(at)) return [...path.slice(path.indexOf(at)), at];
      path.push(at);
      onPath.add(at);
    }
    for (const key of path) cleared.add(key);
  }
  return null;
}
