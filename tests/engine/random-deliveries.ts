import fc from "fast-check";
import { tablesOf } from "@/db/roster";
import { COLUMNS, ENTITIES, type Entity } from "@/server/roster/entities";
import type { ModelFeed, ModelFile } from "./model";
import { type Line, memoryReader, reading, type Scene } from "./scene";

export const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const school = oneOf("s1", "s2");
const CELLS: Partial<Record<Entity, fc.Arbitrary<Record<string, string | null>>>> = {
  orgs: fc.record({ name: oneOf("North", "South"), type: fc.constant("school") }),
  courses: fc.record({ title: oneOf("Art", "Biology"), org_key: fc.option(school) }),
  classes: fc.record({ title: oneOf("A", "B"), type: fc.constant("scheduled"), course_key: oneOf("c1", "c2"), school_key: school }),
  users: fc.record({
    given_name: oneOf("Ann", "Bo"),
    enabled: fc.constant("true"),
    primary_role: oneOf("student", "teacher"),
    org_keys: oneOf("s1", "s2", "s1,s2"),
  }),
  enrollments: fc.record({
    class_key: oneOf("k1", "k2", "k3"),
    user_key: oneOf("u1", "u2", "u3"),
    school_key: school,
    role: fc.constant("student"),
  }),
};
const KEYS: Partial<Record<Entity, readonly string[]>> = {
  orgs: ["s1", "s2"],
  courses: ["c1", "c2"],
  classes: ["k1", "k2", "k3"],
  users: ["u1", "u2", "u3"],
  enrollments: ["e1", "e2", "e3", "e4"],
};

function fileOf(entity: Entity): fc.Arbitrary<ModelFile | null> {
  const keys = KEYS[entity] ?? [];
  return fc
    .record({
      mode: oneOf("bulk" as const, "bulk" as const, "delta" as const, "absent" as const),
      keys: fc.subarray([...keys]),
      cells: fc.array(CELLS[entity] ?? fc.constant({}), { minLength: keys.length, maxLength: keys.length }),
      fates: fc.array(fc.integer({ min: 0, max: 19 }), { minLength: keys.length, maxLength: keys.length }),
      nameless: fc.integer({ min: 0, max: 14 }),
    })
    .map(({ mode, keys: present, cells, fates, nameless }) => {
      if (mode === "absent") return null;
      const lines: Line[] = present.map((key, index) => {
        const fate = fates[index] ?? 0;
        const row = { key, cells: cells[index] ?? {}, ...(fate === 0 ? { valid: false } : {}) };
        return mode === "delta" && fate > 14 ? { ...row, status: "tobedeleted" as const } : row;
      });
      if (nameless === 0) lines.push({ key: null, valid: false });
      return { entity, mode, lines };
    });
}

/** Files of a small district, in any mode, with rows in error and rows to be deleted. */
export const delivery: fc.Arbitrary<readonly ModelFile[]> = fc
  .tuple(fileOf("orgs"), fileOf("courses"), fileOf("classes"), fileOf("users"), fileOf("enrollments"))
  .map((files) => files.filter((file) => file !== null));

/** All rows of the small district, none in error: much is there for what comes after it. */
export const wholeDistrict: fc.Arbitrary<readonly ModelFile[]> = fc.tuple(
  ...(["orgs", "courses", "classes", "users", "enrollments"] as const).map((entity) => {
    const keys = KEYS[entity] ?? [];
    const cells = fc.array(CELLS[entity] ?? fc.constant({}), { minLength: keys.length, maxLength: keys.length });
    return cells.map((all): ModelFile => ({ entity, mode: "bulk", lines: keys.map((key, index) => ({ key, cells: all[index] ?? {} })) }));
  }),
);

export const readingOf = (files: readonly ModelFile[]) =>
  reading(...files.map(({ entity, lines, mode }) => memoryReader(entity, lines, { mode })));

/** Records by `<entity> <key>`. */
export type Roster = Record<string, { readonly status: string; readonly cells: Readonly<Record<string, string | null>> }>;

/** What is current of a feed, as the engine has it and as the model has it. */
export async function rosterOf(scene: Scene, feedId: number): Promise<Roster> {
  const all: Roster = {};
  for (const entity of ENTITIES) {
    const names = COLUMNS[entity].map(({ name }) => name);
    const rows = await scene.administrator.unsafe<Record<string, string | null>[]>(
      `select v.source_key, v.status, ${names.map((name) => `v.${name}`).join(", ")} from ${tablesOf(entity).current} v
       where v.environment_id = ${scene.environmentId} and v.feed_id = ${feedId}`,
    );
    for (const { source_key: key, status, ...cells } of rows) all[`${entity} ${key}`] = { status: status ?? "", cells };
  }
  return all;
}

export const modelRoster = (model: ModelFeed): Record<string, unknown> =>
  Object.fromEntries(
    [...model.current].flatMap(([entity, side]) =>
      [...side].map(([key, { status, cells }]) => [`${entity} ${key}`, { status, cells: entity === "users" ? withRoles(cells) : cells }]),
    ),
  );

/** Nobody here says roles one by one: the one role holds at each school, the first of them first. */
function withRoles(cells: Readonly<Record<string, string | null>>): Record<string, string | null> {
  const roles = cells.org_keys
    ?.split(",")
    .map((org, index) => ({ key: org, org, role: cells.primary_role ?? null, primary: index === 0, start: null, end: null }));
  return { ...cells, org_roles: roles === undefined ? null : JSON.stringify(roles) };
}
