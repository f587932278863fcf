import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import type { RunKind } from "@/server/roster/run";
import { createDatabase, type TestDatabase } from "../support/database";
import { commitModel, type ModelFeed, type ModelFile, newFeed, prepareModel } from "./model";
import { delivery, modelRoster, oneOf, type Roster, readingOf, rosterOf, wholeDistrict } from "./random-deliveries";
import { createScene } from "./scene";
import { land } from "./turns";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

/** Each is a whole district and four syncs after it; more when the engine changes. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 2);
const seed = Number(process.env.PROPERTY_SEED ?? Date.now() % 2 ** 31);

interface Turn {
  readonly kind: RunKind;
  readonly files: readonly ModelFile[];
  /** The chosen schools; null: all. */
  readonly schools: readonly string[] | null;
}
const turnOver = (schools: Turn["schools"], files: fc.Arbitrary<readonly ModelFile[]>): fc.Arbitrary<Turn> =>
  fc.record({ kind: oneOf("quick" as const, "full" as const), files, schools: fc.constant(schools) });
const chosen: fc.Arbitrary<Turn> = fc.oneof(turnOver(["s1"], delivery), turnOver(["s2"], delivery), turnOver(["s1", "s2"], delivery));
/** A run over chosen schools, once over a full roster and once over what came of it, each followed by one of all. */
const turns = fc.tuple(
  turnOver(null, wholeDistrict),
  chosen,
  turnOver(null, fc.oneof(delivery, wholeDistrict)),
  chosen,
  turnOver(null, delivery),
);

test(
  `a run over chosen schools leaves what lies outside them as it was, and a run of all after it does what the rules say (seed ${seed})`,
  async () => {
    const seen = { outside: 0, inside: 0 };
    await fc.assert(
      fc.asyncProperty(turns, async (road) => {
        const scene = await createScene(database.administrator);
        const feedId = await scene.feed();
        for (const { kind, files, schools } of road) {
          const before = await rosterOf(scene, feedId);
          await land(scene, { feedId, kind, ...(schools === null ? {} : { schools }), readings: [readingOf(files)] });
          const after = await rosterOf(scene, feedId);
          if (schools === null) {
            const model = modelOf(before);
            expect(modelRoster(model), "the model holds what is current").toEqual(before);
            commitModel(model, prepareModel(model, files));
            expect(after).toEqual(modelRoster(model));
            continue;
          }
          const delivered = new Map(files.flatMap(({ entity, lines }) => lines.map((line) => [`${entity} ${line.key}`, line.cells ?? {}])));
          for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
            const [had, has] = [before[name], after[name]];

            const told = delivered.get(name);
            const isOutside = [had?.cells, told].every(
              (cells) => cells === undefined || reach(entityOf(name), { cells, schools }) === "none",
            );
            if (isOutside) expect(has, `${name} lies outside ${schools}`).toEqual(had);
            seen[isOutside ? "outside" : "inside"] += 1;
            const isGone = had !== undefined && had.status !== "archived" && has?.status === "archived";
            if (isGone) expect(mayGo(name, { cells: had.cells, schools }), `${name} is archived by a run over ${schools}`).toBe(true);
          }
        }
      }),
      { numRuns: RUNS, seed, endOnFailure: true },
    );
    expect(Math.min(seen.outside, seen.inside)).toBeGreaterThan(RUNS);
  },
  RUNS * 100_000,
);

function entityOf(name: string): Entity {
  const entity = ENTITIES.find((each) => name.startsWith(`${each} `));
  if (entity === undefined) throw new Error(`${name} is no record`);
  return entity;
}

/** How many of a record's schools were chosen. What belongs to the whole district is everybody's. */
function reach(
  entity: Entity,
  of: { cells: Readonly<Record<string, string | null>>; schools: readonly string[] },
): "none" | "some" | "all" {
  const own = schoolsIn(entity, of.cells);
  if (own === null) return "some";
  const chosen = own.filter((school) => of.schools.includes(school)).length;
  if (chosen === 0) return "none";
  return chosen === own.length ? "all" : "some";
}

function schoolsIn(entity: Entity, cells: Readonly<Record<string, string | null>>): readonly string[] | null {
  if (entity === "users") return cells.org_keys?.split(",") ?? [];
  if (entity === "classes" || entity === "enrollments") return cells.school_key == null ? [] : [cells.school_key];
  return null;
}

/** Only a chosen school itself, and what belongs to chosen schools alone. */
function mayGo(name: string, of: { cells: Readonly<Record<string, string | null>>; schools: readonly string[] }): boolean {
  const entity = entityOf(name);
  return entity === "orgs" ? of.schools.some((school) => name === `orgs ${school}`) : reach(entity, of) === "all";
}

/** The model of a roster as it stands. Nobody here says roles one by one, so those of people are not the delivery's. */
function modelOf(roster: Roster): ModelFeed {
  const model = newFeed();
  for (const entity of ENTITIES) {
    for (const [name, { status, cells }] of Object.entries(roster)) {
      if (!name.startsWith(`${entity} `)) continue;
      const said = entity === "users" ? { ...cells, org_roles: null } : cells;
      model.current.get(entity)?.set(name.slice(entity.length + 1), { status, cells: said });
    }
  }
  return model;
}
