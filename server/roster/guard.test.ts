import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, type EntityWeight, limitsOf, weigh } from "./guard";

const users = (of: Partial<EntityWeight>): EntityWeight => ({
  entity: "users",
  active: 1000,
  archives: 0,
  edits: 0,
  activeAfter: 1000 - (of.archives ?? 0),
  schools: [],
  ...of,
});
const kinds = (weights: readonly EntityWeight[], files: { rows: number; errors: number }[] = []) =>
  weigh({
    entities: weights,
    files: files.map((file) => ({ file: "users.csv", entity: "users", ...file })),
    isStale: false,
    limits: DEFAULT_LIMITS,
  }).reasons.map((reason) => reason.kind);

describe("holds (F24)", () => {
  test("archives: a tenth passes, more is held", () => {
    expect(kinds([users({ archives: 100 })])).toEqual([]);
    expect(kinds([users({ archives: 101 })])).toEqual(["archive"]);
  });
  test("edits: three quarters pass, more is held", () => {
    expect(kinds([users({ edits: 750 })])).toEqual([]);
    expect(kinds([users({ edits: 751 })])).toEqual(["edit"]);
  });
  test("below twenty rows no share holds", () => {
    expect(kinds([users({ active: 30, archives: 19, activeAfter: 11 })])).toEqual([]);
    expect(kinds([users({ active: 30, archives: 20, activeAfter: 10 })])).toEqual(["archive"]);
  });
  test("an entity that would have no rows is held whatever its size", () => {
    expect(kinds([users({ active: 1, archives: 1, activeAfter: 0 })])).toEqual(["empty"]);
  });
  test("errors: a twentieth of a file's rows passes, more is held, from twenty on", () => {
    expect(kinds([], [{ rows: 1000, errors: 50 }])).toEqual([]);
    expect(kinds([], [{ rows: 1000, errors: 51 }])).toEqual(["errors"]);
    expect(kinds([], [{ rows: 20, errors: 19 }])).toEqual([]);
  });
  test("an older file is held", () => {
    expect(weigh({ entities: [], files: [], isStale: true, limits: DEFAULT_LIMITS })).toMatchObject({
      outcome: "hold",
      reasons: [{ kind: "staleFile" }],
    });
  });
  test("a feed's own limits stand over the defaults", () => {
    expect(limitsOf({ archivePercent: 1 })).toEqual({ ...DEFAULT_LIMITS, archivePercent: 1 });
    expect(() => limitsOf({ archivePercent: "much" })).toThrow();
  });
});
