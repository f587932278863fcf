import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { sourcedIdOf, versionsOf } from "@/db/roster";
import { type Entity, NAMED_BY } from "@/server/roster/entities";

/** Where records are looked up: an environment as of one seq. */
export interface AsOf {
  readonly institutionId: number;
  readonly environmentId: number;
  readonly bucket: number;
  readonly seq: number;
}

/** What a record is called, and the id under which its page is found. */
export interface Label {
  readonly name: string;
  readonly sourcedId: string;
}

/** Names for source keys, a page's worth of them, by entity and key. */
export type Labels = ReadonlyMap<string, Label>;

const at = (entity: Entity, key: string): string => `${entity} ${key}`;
export const labelIn = (labels: Labels, entity: Entity, key: string): Label | null => labels.get(at(entity, key)) ?? null;
/** The name, else the key itself. */
export const nameIn = (labels: Labels, entity: Entity, key: string): string => labels.get(at(entity, key))?.name ?? key;

/** The entities that have names of their own; enrollments and relationships are called by what they join. */
export type NamedEntity = Exclude<Entity, "enrollments" | "relationships">;

/** Looks names up by key, one query per entity; keys without a record have none. */
export async function labelsOf(tx: Transaction, asOf: AsOf, wanted: ReadonlyMap<NamedEntity, ReadonlySet<string>>): Promise<Labels> {
  const labels = new Map<string, Label>();
  for (const [entity, keys] of wanted) {
    if (keys.size === 0) continue;
    const rows = await read(
      tx,
      LabelRow,
      sql`
        select distinct on (v.source_key) v.source_key as key, ${sourcedIdOf("v")} as "sourcedId",
          ${sql.raw(NAMED_BY[entity].map((column) => `v.${column}`).join(", "))}
        from ${versionsOf(entity)} v
        where v.institution_id = ${asOf.institutionId} and v.environment_id = ${asOf.environmentId} and v.bucket = ${asOf.bucket}
          and v.source_key in ${[...keys]} and v.from_seq <= ${asOf.seq}
        order by v.source_key, v.from_seq desc`,
    );
    for (const { key, sourcedId, ...named } of rows) labels.set(at(entity, key), { sourcedId, name: nameFrom(entity, named, key) });
  }
  return labels;
}

const LabelRow = z.object({ key: z.string(), sourcedId: z.string() }).catchall(z.string().nullable());

/**
 * What a record is called in one line. A person's name is the given and the family name as the source sends them, in that
 * order, with nothing cut, cased or reordered; either may be missing.
 */
export function nameFrom(entity: Entity, row: Readonly<Record<string, string | null | undefined>>, key: string): string {
  const parts = entity === "users" ? [row.given_name, row.family_name] : [row[NAMED_BY[entity][0] ?? ""]];
  const name = parts.filter((part) => part !== null && part !== undefined && part !== "").join(" ");
  return name === "" ? key : name;
}
