import { expect, test } from "vitest";
import { DEFAULT_LIMITS, type EntityWeight, type Limits, weigh } from "@/server/roster/guard";
import { type ByAction, noActions } from "./counts";
import type { Selection } from "./selection";
import { verdictOf } from "./verdict";

/** Whether the holds of a plan over users are settled when so much of it is on. */
function settled(
  weight: Pick<EntityWeight, "active" | "archives" | "edits" | "activeAfter">,
  on: Partial<ByAction>,
  limits: Limits,
): boolean[] {
  const verdict = weigh({ entities: [{ entity: "users", schools: [], ...weight }], files: [], isStale: false, limits });
  const none = noActions();
  const byEntity = {
    orgs: none,
    academicSessions: none,
    courses: none,
    classes: none,
    users: { ...none, ...on },
    enrollments: none,
    relationships: none,
  };
  const selection: Selection = {
    version: 1,
    on: none,
    off: none,
    offCauses: { person: 0, before: 0, follows: 0, named: 0 },
    byEntity,
    byPart: { students: none, teachers: none, others: none },
    follows: { orgs: 0, academicSessions: 0, courses: 0, classes: 0, users: 0, enrollments: 0, relationships: 0 },
  };
  const stored: unknown = JSON.parse(JSON.stringify(verdict));
  return verdictOf({ verdict: stored, override: null }, selection)?.reasons.map((reason) => reason.settled) ?? [];
}

test("who keeps one of a thousand has not settled that nobody would be left; who keeps nine tenths has", () => {
  const emptied = { active: 1000, archives: 1000, edits: 0, activeAfter: 0 };
  expect(settled(emptied, { archive: 1000 }, DEFAULT_LIMITS)).toEqual([false]);
  expect(settled(emptied, { archive: 999 }, DEFAULT_LIMITS)).toEqual([false]);
  expect(settled(emptied, { archive: 101 }, DEFAULT_LIMITS)).toEqual([false]);
  expect(settled(emptied, { archive: 100 }, DEFAULT_LIMITS)).toEqual([true]);
  // Below the floor one that stays is enough.
  const few = { active: 3, archives: 3, edits: 0, activeAfter: 0 };
  expect(settled(few, { archive: 3 }, DEFAULT_LIMITS)).toEqual([false]);
  expect(settled(few, { archive: 2 }, DEFAULT_LIMITS)).toEqual([true]);
});

test("a feed's own floor holds until it is kept to, be it lower or higher than the usual one", () => {
  const some = { active: 50, archives: 10, edits: 0, activeAfter: 40 };
  expect(settled(some, { archive: 10 }, DEFAULT_LIMITS)).toEqual([]);
  expect(settled(some, { archive: 10 }, { ...DEFAULT_LIMITS, rowsMin: 8 })).toEqual([false]);
  expect(settled(some, { archive: 7 }, { ...DEFAULT_LIMITS, rowsMin: 8 })).toEqual([true]);
  const many = { active: 100, archives: 60, edits: 0, activeAfter: 40 };
  expect(settled(many, { archive: 40 }, { ...DEFAULT_LIMITS, rowsMin: 30 })).toEqual([false]);
  expect(settled(many, { archive: 29 }, { ...DEFAULT_LIMITS, rowsMin: 30 })).toEqual([true]);
});
