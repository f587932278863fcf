import { expect, test } from "vitest";
import { startScope } from "./start-scope";

const org = (key: string, organizationId: number | null) => ({
  key,
  name: `School ${key}`,
  type: "school",
  parentKey: null,
  organizationId,
});
const schools = ["a", "b", "c", "d"].map((key) => ({ key, name: `School ${key}` }));

test("an organization is offered with the schools of all organizations below it; one that is only its school is not", () => {
  const scope = startScope(
    {
      mode: "multi",
      schoolKey: null,
      organizations: [
        { id: 1, name: "District", parentId: null },
        { id: 2, name: "North", parentId: 1 },
        { id: 3, name: "School a", parentId: 2 },
        { id: 4, name: "Academy", parentId: 2 },
        { id: 5, name: "Empty", parentId: 1 },
      ],
      schools: [org("a", 3), org("b", 4), org("c", 1), org("d", null)],
    },
    schools,
  );
  expect(scope).toEqual({
    mode: "multi",
    schools,
    organizations: [
      { id: 1, name: "District", depth: 0, keys: ["c", "a", "b"] },
      { id: 2, name: "North", depth: 1, keys: ["a", "b"] },
      { id: 4, name: "Academy", depth: 2, keys: ["b"] },
    ],
  });
});

test("a portal of one school offers no choice, and names its school", () => {
  const single = { mode: "single" as const, organizations: [], schools: [org("a", null)] };
  expect(startScope({ ...single, schoolKey: "a" }, schools)).toEqual({ mode: "single", school: "School a" });
  expect(startScope({ ...single, schoolKey: null }, schools)).toEqual({ mode: "single", school: null });
});
