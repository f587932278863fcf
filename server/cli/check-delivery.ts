import { checkRoster } from "@/server/roster/check-roster";
import type { Entity } from "@/server/roster/entities";
import type { Issue } from "@/server/roster/issue";
import type { FileMode } from "@/server/roster/run";
import type { DeliveryFiles, EntityReader, ReadingSettings, Source } from "@/server/sources/source";

/** Issues that are listed one by one, per severity; totals are true beyond it. */
const LISTED_MAX = { refusal: 1000, error: 4000, warning: 2000 } as const;

/** The entities that a check reports on; relationships are derived from users later. */
export const CHECKED_ENTITIES = [
  "orgs",
  "academicSessions",
  "courses",
  "classes",
  "users",
  "enrollments",
] as const satisfies readonly Entity[];
type CheckedEntity = (typeof CHECKED_ENTITIES)[number];

/** Rows of one entity: `rows = valid + errors`; `warnings` counts findings, of which a row may have several. */
interface EntityTally {
  rows: number;
  valid: number;
  errors: number;
  warnings: number;
}

/** What `rollcall check --json` prints (the contract is in the README). */
export interface CheckResult {
  readonly source: string;
  readonly verdict: "clean" | "errors" | "refused";
  readonly files: readonly { readonly name: string; readonly mode: FileMode; readonly rows: number }[];
  readonly entities: Readonly<Record<CheckedEntity, EntityTally>>;
  readonly issues: readonly Issue[];
  /** How many findings there are, those that are not listed included. */
  readonly issuesTotal: number;
}

/**
 * Reads and checks a whole delivery in memory, without a database. `found`: what was already wrong with the package. Bad data
 * never throws.
 */
export async function checkDelivery(
  source: Source,
  delivery: DeliveryFiles,
  { settings, found = [] }: { settings: ReadingSettings; found?: readonly Issue[] },
): Promise<CheckResult> {
  const entities = Object.fromEntries(CHECKED_ENTITIES.map((entity) => [entity, { rows: 0, valid: 0, errors: 0, warnings: 0 }])) as Record<
    CheckedEntity,
    EntityTally
  >;
  const log = issueLog();
  log.add(found);
  const refused = (): boolean => log.counts.refusal > 0;
  const result = (files: CheckResult["files"]): CheckResult => ({
    source: source.key,
    verdict: refused() ? "refused" : log.counts.error > 0 ? "errors" : "clean",
    files,
    entities,
    issues: log.listed,
    issuesTotal: log.counts.refusal + log.counts.error + log.counts.warning,
  });
  if (refused()) return result([]);

  const reading = await source.open(delivery, settings);
  log.add(reading.issues);
  for (const issue of reading.issues) {
    const tally = tallyOf(entities, issue.entity);
    if (tally && issue.severity === "warning") tally.warnings += issue.count ?? 1;
  }
  const check = checkRoster();
  for (const reader of reading.readers) {
    const tally = tallyOf(entities, reader.entity);
    if (tally) await checkEntity(reader, { check, tally, add: log.add });
  }
  return result(reading.files.map(({ name, mode, rows }) => ({ name, mode, rows })));
}

const isChecked = (entity: Entity | null): entity is CheckedEntity => CHECKED_ENTITIES.some((checked) => checked === entity);

const tallyOf = (entities: Record<CheckedEntity, EntityTally>, entity: Entity | null): EntityTally | null =>
  isChecked(entity) ? entities[entity] : null;

interface Checking {
  readonly check: ReturnType<typeof checkRoster>;
  readonly tally: EntityTally;
  readonly add: (issues: readonly Issue[]) => void;
}

async function checkEntity(reader: EntityReader, { check, tally, add }: Checking): Promise<void> {
  const take = (issues: readonly Issue[]): void => {
    add(issues);
    for (const issue of issues) if (issue.severity === "warning") tally.warnings += issue.count ?? 1;
  };
  check.begin(reader.entity, reader);
  for await (const chunk of reader.rows()) {
    for (const row of chunk.rows) check.see(row);
    tally.rows += chunk.rows.length;
    take(chunk.issues);
  }
  const { issues, rejected } = check.end();
  take(issues);
  tally.errors = rejected;
  tally.valid = tally.rows - rejected;
}

/** Keeps issues up to a limit and counts all of them. */
function issueLog() {
  const listed: Issue[] = [];
  const counts = { refusal: 0, error: 0, warning: 0 };
  const kept = { refusal: 0, error: 0, warning: 0 };
  const add = (issues: readonly Issue[]): void => {
    for (const issue of issues) {
      counts[issue.severity] += issue.count ?? 1;
      if (kept[issue.severity] >= LISTED_MAX[issue.severity]) continue;
      kept[issue.severity] += 1;
      listed.push(issue);
    }
  };
  return { listed, counts, add };
}
