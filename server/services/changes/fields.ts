import { COLUMNS, type Column, type Entity } from "@/server/roster/entities";
import { type Labels, nameIn } from "@/server/services/roster/labels";

/** A version's own columns with its status, as text in file form. */
export interface VersionCells {
  readonly status: string;
  readonly cells: Readonly<Record<string, string | null>>;
}

/** One field that changes. Values that are keys are shown by name, with the keys beside. */
export interface FieldDifference {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly beforeKey?: string;
  readonly afterKey?: string;
}

/** The fields in which two versions differ; of an add, every field that has a value. Order is that of the entity's columns. */
export function changedFields(entity: Entity, before: VersionCells | null, after: VersionCells): FieldDifference[] {
  const fields: FieldDifference[] = [];
  if (before !== null && before.status !== after.status) fields.push({ field: "status", before: before.status, after: after.status });
  for (const { name } of COLUMNS[entity]) {
    const was = before?.cells[name] ?? null;
    const is = after.cells[name] ?? null;
    if (was !== is) fields.push({ field: name, before: was, after: is });
  }
  return fields;
}

/** The keys that a version's cells name, by entity. */
export function referredKeys(entity: Entity, cells: VersionCells["cells"]): { entity: Entity; key: string }[] {
  return columnsOf(entity).flatMap((column) => {
    const value = cells[column.name] ?? null;
    const { refers, type } = column;
    if (refers === undefined || value === null) return [];
    return (type === "list" ? value.split(",") : [value]).map((key) => ({ entity: refers, key }));
  });
}

/** Puts names where fields hold keys. */
export function namedFields(entity: Entity, fields: readonly FieldDifference[], labels: Labels): FieldDifference[] {
  return fields.map((field) => {
    const column = columnsOf(entity).find((one) => one.name === field.field);
    if (column?.refers === undefined) return field;
    const { refers, type } = column;
    const named = (value: string | null) =>
      value === null ? null : (type === "list" ? value.split(",") : [value]).map((key) => nameIn(labels, refers, key)).join(", ");
    return {
      field: field.field,
      before: named(field.before),
      after: named(field.after),
      ...(field.before === null ? {} : { beforeKey: field.before }),
      ...(field.after === null ? {} : { afterKey: field.after }),
    };
  });
}

const columnsOf = (entity: Entity): readonly Column[] => COLUMNS[entity];
