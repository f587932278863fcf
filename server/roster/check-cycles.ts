import type { Keys } from "./check-keys";
import type { Entity } from "./entities";
import type { Issue } from "./issue";

/** Links shown of a circle. */
const PATH_MAX = 10;

/** Circles of parents, one refusal each with its path (SECURITY.md §E 48, 49). `parents` is by ordinal. */
export function findCycles(keys: Keys, parents: readonly (string | null)[], place: { file: string; entity: Entity }): Issue[] {
  const issues: Issue[] = [];
  const done = new Set<string>();
  for (const start of keys.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    let key: string | null = start;
    while (key !== null && !done.has(key) && !onPath.has(key)) {
      path.push(key);
      onPath.add(key);
      const ordinal = keys.find(key);
      key = ordinal === undefined ? null : (parents[ordinal] ?? null);
    }
    if (key !== null && onPath.has(key)) issues.push(cycleIssue(keys, path.slice(path.indexOf(key)), place));
    for (const passed of path) done.add(passed);
  }
  return issues;
}

function cycleIssue(keys: Keys, circle: readonly string[], { file, entity }: { file: string; entity: Entity }): Issue {
  const [first = ""] = circle;
  const shown = circle.length > PATH_MAX ? [...circle.slice(0, PATH_MAX), "…", first] : [...circle, first];
  return {
    severity: "refusal",
    code: "ORG_CYCLE",
    entity,
    sourceKey: first,
    at: `${file}:${keys.line(keys.find(first) ?? 0)}`,
    column: "parentSourcedId",
    detail: `The parents run in a circle: ${shown.join(" → ")}.`,
  };
}
