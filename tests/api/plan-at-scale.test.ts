import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { asTenant } from "@/server/database";
import { chooseChanges } from "@/server/services/changes/choose";
import { listChanges } from "@/server/services/changes/list";
import { rangeQuery } from "@/server/services/changes/page";
import { undoChoices } from "@/server/services/changes/undo";
import { walkQuery } from "@/server/services/roster/list-people";
import { noActions } from "@/server/services/runs/counts";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, type TestInstitution } from "@/tests/support/institution";

/** Changes of one plan: 200,000 adds, 60,000 edits and 40,000 archives. */
const ADDS = 200_000;
const EDITS = 60_000;
const ARCHIVES = 40_000;
const PEOPLE = 20_000;
const LIMIT = 200;

let db: TestDatabase;
let institution: TestInstitution;
let plan: { institutionId: number; environmentId: number; bucket: number; runId: string; seq: number };

beforeAll(async () => {
  db = await createDatabase();
  institution = await createInstitution();
  plan = await setPlan();
}, 240_000);
afterAll(() => db.close());

/** A committed roster and a plan on it, as the engine would have left them. */
async function setPlan() {
  const admin = db.administrator;
  const { id, bucket } = institution.environments.preview;
  const [feed] = await admin<{ id: number }[]>`
    insert into feeds (institution_id, name, source) values (${institution.id}, 'SIS', 'oneroster-csv') returning id`;
  const feedId = feed?.id ?? 0;
  const where = admin`${institution.id}::int, ${id}::int, ${bucket}::int, ${feedId}::int`;
  await admin`update environments set head_seq = 1 where id = ${id}`;
  await admin`
    insert into enrollment_versions (institution_id, environment_id, bucket, feed_id, from_seq, line, source_key, class_key, user_key, role)
    select ${where}, 1, n + 1, 'e' || n, 'k' || n % 5000, 'u' || n % ${PEOPLE}, 'student' from generate_series(1, ${EDITS + ARCHIVES}) n`;
  await admin`
    insert into enrollment_versions (institution_id, environment_id, bucket, feed_id, from_seq, line, replaces_seq, action, source_key, class_key, user_key, role)
    select ${where}, 2, n + 1, 1, 'edit', 'e' || n, 'k' || n % 5000, 'u' || n % ${PEOPLE}, 'aide' from generate_series(1, ${EDITS}) n`;
  await admin`
    insert into enrollment_versions (institution_id, environment_id, bucket, feed_id, from_seq, line, replaces_seq, action, status, source_key, class_key, user_key, role)
    select ${where}, 2, -n, 1, 'archive', 'archived', 'e' || (${EDITS} + n)::int, 'k' || n % 5000, 'u' || n % ${PEOPLE}, 'student' from generate_series(1, ${ARCHIVES}) n`;
  await admin`
    insert into enrollment_versions (institution_id, environment_id, bucket, feed_id, from_seq, line, source_key, class_key, user_key, role)
    select ${where}, 2, ${EDITS} + n + 1, 'a' || n, 'k' || n % 5000, 'u' || n % ${PEOPLE}, 'student' from generate_series(1, ${ADDS}) n`;
  await admin`
    insert into user_versions (institution_id, environment_id, bucket, feed_id, from_seq, line, source_key, given_name, family_name, primary_role, enabled)
    select ${where}, 1, n + 1, 'u' || n, 'Given ' || n % 97, case when n % 50 = 0 then null else 'Family ' || n % 1013 end,
      case when n % 15 = 0 then 'teacher' else 'student' end, 'true' from generate_series(1, ${PEOPLE}) n`;
  await admin`analyze enrollment_versions, user_versions`;
  const [delivery] = await admin<{ id: string }[]>`
    insert into deliveries (institution_id, feed_id, state, door, finished_at) values (${institution.id}, ${feedId}, 'ready', 'upload', now()) returning id`;
  const counts = { enrollments: { read: ADDS + EDITS, add: ADDS, edit: EDITS, archive: ARCHIVES } };
  const [run] = await admin<{ id: string }[]>`
    insert into runs (institution_id, number, environment_id, feed_id, delivery_id, kind, trigger, settings_version, state, base_seq, counts, verdict, prepared_at)
    values (${institution.id}, 1, ${id}, ${feedId}, ${delivery?.id ?? ""}, 'full', 'person', 1, 'ready', 1, ${admin.json(counts)},
      ${admin.json({ outcome: "ready", reasons: [] })}, now()) returning id`;
  return { institutionId: institution.id, environmentId: id, bucket, runId: run?.id ?? "", seq: 2 };
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string | undefined;
  readonly "Index Name"?: string | undefined;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}
const Node: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    "Node Type": z.string(),
    "Relation Name": z.string().optional(),
    "Index Name": z.string().optional(),
    "Actual Rows": z.number(),
    "Actual Loops": z.number(),
    "Rows Removed by Filter": z.number().optional(),
    Plans: z.array(Node).optional(),
  }),
);
const Explained = z.object({ "QUERY PLAN": z.array(z.object({ Plan: Node })) });

/** Rows of version tables that a statement touched, kept or not, and how it came to them. */
async function rowsRead(tx: Transaction, query: ReturnType<typeof sql>): Promise<{ rows: number; by: string[] }> {
  const [explained] = await read(tx, Explained, sql`explain (analyze, format json) ${query}`);
  const by: string[] = [];
  const walk = (node: PlanNode): number => {
    const below = (node.Plans ?? []).reduce((sum, child) => sum + walk(child), 0);
    if (node["Relation Name"]?.includes("versions") !== true) return below;
    by.push(`${node["Node Type"]} ${node["Index Name"] ?? ""}`);
    return below + (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
  };
  const root = explained?.["QUERY PLAN"][0]?.Plan;
  return { rows: root === undefined ? Number.NaN : walk(root), by };
}

describe("a plan of 300,000 changes", () => {
  test.each([
    ["the first archives", "archive", null],
    ["archives in the middle", "archive", -20_000],
    ["the first adds", "add", null],
    ["the last adds", "add", EDITS + ADDS - 300],
    ["edits in the middle", "edit", 30_000],
  ] as const)("a page of %s reads at most two pages of rows", async (_, action, after) => {
    const query = rangeQuery(
      plan,
      { action, entity: "enrollments", limit: LIMIT + 1 },
      { filter: {}, after: after === null ? null : { action, entity: "enrollments", line: after }, off: noActions() },
    );
    if (query === null) throw new Error("Nothing of the filter lies there");
    const { rows, by } = await asTenant(plan.institutionId, (tx) => rowsRead(tx, query));
    expect(by.join(), "the plan").toMatch(/Index Scan .*page/);
    expect(rows).toBe(LIMIT + 1);
    expect(rows).toBeLessThanOrEqual(2 * LIMIT);
  });

  test("pages follow each other without a gap, across actions", async () => {
    const seen: string[] = [];
    let after: string | null = null;
    const query = { environment: "preview", run: 1, limit: LIMIT } as const;
    const owner = institution.owner.member;
    for (let page = 0; page < 3; page += 1) {
      const found: Awaited<ReturnType<typeof listChanges>> = await listChanges(owner, { ...query, after });
      seen.push(...found.rows.map((row) => row.sourceKey));
      after = found.nextCursor;
    }
    expect(new Set(seen).size).toBe(3 * LIMIT);
    // The archives end inside a page; the adds go on in it.
    const end = Buffer.from(JSON.stringify(["archive", "enrollments", -51])).toString("base64url");
    const bridge = await listChanges(owner, { ...query, after: end });
    expect(bridge.rows.filter((row) => row.action === "archive")).toHaveLength(50);
    expect(bridge.rows.filter((row) => row.action === "add")).toHaveLength(LIMIT - 50);
    expect(bridge.total).toBe(ADDS + EDITS + ARCHIVES);
  });
});

test("forty thousand changes are left out by one act, which says so, and come back by one", async () => {
  const owner = institution.owner.member;
  const at = { environment: "preview", run: 1 } as const;
  const scope = { kind: "filter", action: "archive" } as const;
  const out = await chooseChanges(owner, { ...at, selectionVersion: 0, scope, on: false });
  expect(out.statement).toBe("All 40,000 archives in this filter are left out.");
  expect(out.selection).toMatchObject({ version: 1, on: { archive: 0, add: ADDS, edit: EDITS }, off: { archive: ARCHIVES } });
  const off = await listChanges(owner, { ...at, show: "off", limit: 1 });
  expect(off.rows[0]).toMatchObject({ action: "archive", on: false, causeText: "left out by Dana Whitfield" });
  const back = await undoChoices(owner, { ...at, version: 1 });
  expect(back.statement).toBe("Undone: 40,000 changes are selected again.");
  expect(back.selection.on.archive).toBe(ARCHIVES);
}, 60_000);

test("a page of people reads its own rows along the index of names, wherever it lies", async () => {
  const asOf = { institutionId: plan.institutionId, environmentId: plan.environmentId, bucket: plan.bucket, seq: 1 };
  const request = { asOf, school: null, text: null, archived: false, limit: 50, today: "2026-11-22" };
  for (const after of [null, ["", "Given 1", "u1"], ["Family 900", "Given 5", "u1"]]) {
    const { rows, by } = await asTenant(plan.institutionId, (tx) => rowsRead(tx, walkQuery("students", { ...request, after })));
    expect(by.join(), "the plan").toMatch(/Index Scan .*name/);
    // Teachers stand between students: one in fifteen here.
    expect(rows).toBeLessThan(2 * 51);
  }
});
