import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bringBack, leaveOut, type PlanRef, undoChoice } from "@/db/plan";
import { followChoices, followRefusals } from "@/db/plan-follows";
import { PLAN_REFERENCES } from "@/db/plan-references";
import { asTenant } from "@/server/database";
import { COLUMNS, type Column, ENTITIES } from "@/server/roster/entities";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution } from "@/tests/support/institution";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

test("what a plan's records name is what the roster says they name", () => {
  for (const entity of ENTITIES) {
    const named = (COLUMNS[entity] as readonly Column[])
      .filter((column) => column.refers !== undefined && column.name !== "agent_keys")
      .map((column) => ({ column: column.name, refers: column.refers, list: column.type === "list" }));
    expect(PLAN_REFERENCES[entity], entity).toEqual(expect.arrayContaining(named));
    expect(PLAN_REFERENCES[entity]).toHaveLength(named.length);
  }
});

type Kind = "orgs" | "classes" | "users" | "enrollments";
const KINDS: readonly Kind[] = ["orgs", "classes", "users", "enrollments"];
const TABLES = { orgs: "org_versions", classes: "class_versions", users: "user_versions", enrollments: "enrollment_versions" } as const;
/** The references of the model: column → kind. */
const REFS: Record<Kind, Readonly<Record<string, Kind>>> = {
  orgs: { parent_key: "orgs" },
  classes: { school_key: "orgs" },
  users: { org_keys: "orgs" },
  enrollments: { class_key: "classes", user_key: "users" },
};

/** One record of a plan: what is done to it, what its version before and its version after name. */
interface Change {
  readonly kind: Kind;
  readonly key: string;
  readonly action: "add" | "edit" | "archive" | "reactivate";
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

const PER_KIND = 5;
const keyOf = (kind: Kind, n: number): string => `${kind}-${n}`;
const names = (kind: Kind) =>
  fc.record(Object.fromEntries(Object.entries(REFS[kind]).map(([column, of]) => [column, fc.nat(PER_KIND - 1).map((n) => keyOf(of, n))])));
const change = (kind: Kind, n: number): fc.Arbitrary<Change> =>
  fc.record({
    kind: fc.constant(kind),
    key: fc.constant(keyOf(kind, n)),
    action: fc.constantFrom("add", "edit", "archive", "reactivate"),
    before: names(kind),
    after: names(kind),
  });
const plans = fc
  .tuple(...KINDS.flatMap((kind) => Array.from({ length: PER_KIND }, (_, n) => change(kind, n))))
  // An archived version is a copy of the one before.
  .map((changes) => changes.map((one) => (one.action === "archive" ? { ...one, after: one.before } : one)));
const acts = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("off" as const),
        which: fc.array(fc.nat(KINDS.length * PER_KIND - 1), { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("on" as const),
        which: fc.array(fc.nat(KINDS.length * PER_KIND - 1), { minLength: 1, maxLength: 6 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("undo" as const), back: fc.nat(3) }) },
  ),
  { minLength: 1, maxLength: 7 },
);

/** What must be off when these are unticked: the rule in its shortest form, until nothing more follows. */
function model(changes: readonly Change[], unticked: ReadonlySet<string>): Map<string, "person" | "follows"> {
  const off = new Map<string, "person" | "follows">([...unticked].map((key) => [key, "person"]));
  for (let size = -1; size !== off.size; ) {
    size = off.size;
    const isMissing = (key: string) =>
      changes.some((one) => one.key === key && off.has(key) && (one.action === "add" || one.action === "reactivate"));
    for (const one of changes) {
      if (!off.has(one.key) && one.action !== "archive" && Object.values(one.after).some(isMissing)) off.set(one.key, "follows");
    }
    for (const one of changes) {
      if (!off.has(one.key) || (one.action !== "archive" && one.action !== "edit")) continue;
      for (const key of Object.values(one.before)) {
        if (!off.has(key) && changes.some((other) => other.key === key && other.action === "archive")) off.set(key, "follows");
      }
    }
  }
  return off;
}

const SCHOOL: Change = { kind: "orgs", key: "orgs-0", action: "add", before: { parent_key: "orgs-0" }, after: { parent_key: "orgs-0" } };
const CLASS: Change = {
  kind: "classes",
  key: "classes-0",
  action: "add",
  before: { school_key: "orgs-0" },
  after: { school_key: "orgs-0" },
};
/** A class is unticked with its school, ticked (and follows the school), and that is taken back: unticked by a person again. */
const OFF_ON_UNDONE = [
  { do: "off" as const, which: [1, 0] },
  { do: "on" as const, which: [1] },
  { do: "undo" as const, back: 0 },
];

test("whatever is ticked, unticked and undone, what is off is what the rule says", async () => {
  await fc.assert(
    fc.asyncProperty(plans, acts, async (changes, done) => {
      const plan = await setPlan(changes);
      let unticked = new Set<string>();
      const steps: { version: number; before: Set<string> }[] = [];
      for (const [index, act] of done.entries()) {
        const version = index + 1;
        const offNow = model(changes, unticked);
        const before = unticked;
        unticked = new Set(unticked);
        await asTenant(plan.institutionId, async (tx) => {
          if (act.do === "undo") {
            const undone = steps.at(-1 - act.back);
            if (undone === undefined || act.back > 0) return;
            await undoChoice(tx, plan, { undone: undone.version, version });
            // The newest act taken back is the state before it.
            unticked = new Set(undone.before);
          } else {
            for (const kind of KINDS) {
              const keys = [
                ...new Set(
                  act.which
                    .map((at) => changes[at])
                    .filter((one) => one?.kind === kind)
                    .map((one) => one?.key ?? ""),
                ),
              ];
              if (keys.length === 0) continue;
              const rows = sql`v.source_key in ${keys}`;
              if (act.do === "off") await leaveOut(tx, plan, { entity: kind, rows, cause: "person", version });
              else await bringBack(tx, plan, { entity: kind, rows, version });
              for (const key of keys) {
                // What is off already stays as it is, for its own reason.
                if (act.do === "on") unticked.delete(key);
                else if (!offNow.has(key)) unticked.add(key);
              }
            }
          }
          // An act that only turns off may take the short way; the model cannot tell.
          if (act.do === "off") await followRefusals(tx, plan, version);
          else await followChoices(tx, plan, version);
        });
        steps.push({ version, before });
        expect(await offOf(plan)).toEqual(sorted(model(changes, unticked)));
      }
    }),
    { numRuns: 40, examples: [[[SCHOOL, CLASS], OFF_ON_UNDONE]] },
  );
}, 120_000);

const sorted = (off: ReadonlyMap<string, string>): [string, string][] => [...off].sort(([a], [b]) => (a < b ? -1 : 1));

async function offOf(plan: PlanRef): Promise<[string, string][]> {
  const rows = await db.administrator<{ source_key: string; cause: string }[]>`
    select source_key, cause from left_out where run_id = ${plan.runId} and on_at is null`;
  expect(new Set(rows.map((row) => row.source_key)).size, "each change is off once").toBe(rows.length);
  return sorted(new Map(rows.map((row) => [row.source_key, row.cause])));
}

/** The plan as rows: versions before at commit 1, pending ones at 2. */
async function setPlan(changes: readonly Change[]): Promise<PlanRef> {
  const admin = db.administrator;
  const institution = await createInstitution();
  const { id, bucket } = institution.environments.preview;
  const [feed] = await admin<{ id: number }[]>`
    insert into feeds (institution_id, name, source) values (${institution.id}, 'SIS', 'oneroster-csv') returning id`;
  const [delivery] = await admin<{ id: string }[]>`
    insert into deliveries (institution_id, feed_id, state, door) values (${institution.id}, ${feed?.id ?? 0}, 'ready', 'upload') returning id`;
  const [run] = await admin<{ id: string }[]>`
    insert into runs (institution_id, number, environment_id, feed_id, delivery_id, kind, trigger, settings_version, state, base_seq)
    values (${institution.id}, 1, ${id}, ${feed?.id ?? 0}, ${delivery?.id ?? ""}, 'full', 'person', 1, 'ready', 1) returning id`;
  for (const [line, one] of changes.entries()) {
    const shared = {
      institution_id: institution.id,
      environment_id: id,
      bucket,
      feed_id: feed?.id ?? 0,
      line: line + 2,
      source_key: one.key,
    };
    const isNew = one.action === "add";
    const was = { ...shared, from_seq: 1, status: one.action === "reactivate" ? "archived" : "active", ...one.before };
    const becomes = {
      ...shared,
      from_seq: 2,
      replaces_seq: isNew ? null : 1,
      action: one.action,
      status: one.action === "archive" ? "archived" : "active",
      ...one.after,
    };
    if (!isNew) await admin`insert into ${admin(TABLES[one.kind])} ${admin(was)}`;
    await admin`insert into ${admin(TABLES[one.kind])} ${admin(becomes)}`;
  }
  return { institutionId: institution.id, environmentId: id, bucket, runId: run?.id ?? "", seq: 2 };
}
