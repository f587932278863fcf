import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@/server/auth/actor";
import type { RunState } from "@/server/roster/run";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, createMember, createStaff, type TestInstitution } from "@/tests/support/institution";

let db: TestDatabase;
let support: Actor;
beforeAll(async () => {
  db = await createDatabase();
  support = await createStaff("support");
});
afterAll(() => db?.close());

/** Moves everything that an institution did so far into the past, which nobody but the clock can do: no rule of a table looks on. */
async function aged(institution: TestInstitution, days: number): Promise<void> {
  await db.administrator.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`update institutions set created_at = now() - make_interval(days => ${days}) where id = ${institution.id}`;
    await sql`update members set created_at = now() - make_interval(days => ${days}) where institution_id = ${institution.id}`;
    await sql`update audit set at = now() - make_interval(days => ${days}) where institution_id = ${institution.id}`;
  });
}

async function feedWithDelivery(institution: TestInstitution): Promise<{ feed: number; delivery: string }> {
  const sql = db.administrator;
  const [feed] = await sql<{ id: number }[]>`
    insert into feeds (institution_id, name, source) values (${institution.id}, 'SIS', 'oneroster-csv') returning id`;
  const delivery = randomUUID();
  await sql`
    insert into deliveries (id, institution_id, feed_id, state, door, finished_at)
    values (${delivery}, ${institution.id}, ${feed?.id ?? 0}, 'ready', 'upload', now() - interval '3 days')`;
  return { feed: feed?.id ?? 0, delivery };
}

let number = 0;

async function run(
  institution: TestInstitution,
  of: { feed: number; delivery: string; state: RunState; environment?: "preview" | "production"; hours?: number; reason?: string },
): Promise<number> {
  number += 1;
  const environment = institution.environments[of.environment ?? "preview"].id;
  const hours = of.hours ?? 1;
  const verdict = {
    outcome: "hold",
    reasons: [
      { kind: "archive", entity: "users", count: 31, of: 100, limit: 10, schools: [{ key: "s", name: "Secret High", count: 31, of: 100 }] },
    ],
  };
  const sql = db.administrator;
  await sql`
    insert into runs (institution_id, number, environment_id, feed_id, delivery_id, kind, trigger, settings_version, state, reason, verdict,
      created_at, prepared_at, ended_at)
    values (${institution.id}, ${number}, ${environment}, ${of.feed}, ${of.delivery}, 'full', 'person', 1, ${of.state}, ${of.reason ?? null},
      ${of.state === "held" ? sql.json(verdict) : null}, now() - make_interval(hours => ${hours}),
      ${of.state === "failed" ? null : sql`now() - make_interval(hours => ${hours})`},
      ${["failed", "committed"].includes(of.state) ? sql`now() - make_interval(hours => ${hours})` : null})`;
  return number;
}

const lineOf = async (institution: TestInstitution) => {
  const found = (await callerAs(support).vendor.institutions.list()).find(({ slug }) => slug === institution.slug);
  if (found === undefined) throw new Error("Not in the list");
  return found;
};

describe("the stage", () => {
  test("follows what happened, from the first member to Production", async () => {
    const institution = await createInstitution();
    expect(await lineOf(institution)).toMatchObject({ stage: "connecting", blocked: null, sources: [] });
    const { feed, delivery } = await feedWithDelivery(institution);
    expect(await lineOf(institution)).toMatchObject({ stage: "firstPreview", sources: ["OneRoster CSV"] });
    await run(institution, { feed, delivery, state: "ready" });
    expect(await lineOf(institution)).toMatchObject({ stage: "reviewing" });
    await run(institution, { feed, delivery, state: "committed", environment: "production", hours: 5 });
    const live = await lineOf(institution);
    expect(live.stage).toBe("live");
    expect(Date.now() - live.stageSince.getTime()).toBeGreaterThan(4.9 * 3_600_000);
  });

  test("is invited while nobody of the institution is in", async () => {
    const institution = await createInstitution();
    // As an invitation leaves it: no member before somebody has accepted.
    await db.administrator.begin(async (sql) => {
      await sql`set local session_replication_role = replica`;
      await sql`delete from members where institution_id = ${institution.id}`;
    });
    expect(await lineOf(institution)).toMatchObject({ stage: "invited", members: 0 });
  });
});

describe("what blocks", () => {
  test("a plan held for more than a day, in numbers and without the name of a school", async () => {
    const institution = await createInstitution();
    const at = await feedWithDelivery(institution);
    const held = await run(institution, { ...at, state: "held", hours: 23 });
    expect((await lineOf(institution)).blocked).toBeNull();
    await db.administrator`update runs set prepared_at = now() - interval '25 hours' where institution_id = ${institution.id}`;
    const line = await lineOf(institution);
    expect(line.blocked).toMatchObject({ kind: "held", environment: "preview", run: held, text: "31 of 100 people would be archived." });
    expect(JSON.stringify(line)).not.toContain("Secret");
  });

  test("more than two runs in a row that failed; one that went through begins anew", async () => {
    const institution = await createInstitution();
    const at = await feedWithDelivery(institution);
    await run(institution, { ...at, state: "failed", hours: 9 });
    await run(institution, { ...at, state: "committed", hours: 8 });
    await run(institution, { ...at, state: "failed", hours: 7, reason: "First" });
    await run(institution, { ...at, state: "failed", hours: 6 });
    expect((await lineOf(institution)).blocked).toBeNull();
    const third = await run(institution, { ...at, state: "failed", hours: 5, reason: "The key was refused" });
    expect((await lineOf(institution)).blocked).toMatchObject({ kind: "failing", runs: 3, run: third, text: "The key was refused" });
  });

  test("a set-up in which nobody of the institution did anything for a week; what staff do is no step of theirs", async () => {
    const institution = await createInstitution();
    await createMember(institution, "admin");
    await aged(institution, 6);
    expect((await lineOf(institution)).blocked).toBeNull();
    await aged(institution, 8);
    await callerAs(support).vendor.institutions.addNote({ institution: institution.slug, text: "Called, nobody answered" });
    expect((await lineOf(institution)).blocked).toMatchObject({ kind: "stalled", text: "Nothing has been sent yet" });
    const { feed, delivery } = await feedWithDelivery(institution);
    await run(institution, { feed, delivery, state: "committed", environment: "production" });
    expect((await lineOf(institution)).blocked).toBeNull();
  });

  test("a request for Production, which comes before everything else and names the promotion", async () => {
    const institution = await createInstitution();
    const at = await feedWithDelivery(institution);
    await run(institution, { ...at, state: "held", hours: 30 });
    const id = randomUUID();
    const sql = db.administrator;
    const move = (state: string, by: string) =>
      sql`update promotions set state = ${state}, moved_by = ${by}, round = case when ${state} = 'confirmed' then round + 1 else round end,
        requested_at = case when ${state} = 'requested' then now() - interval '3 hours' else requested_at end where id = ${id}`;
    await sql`insert into promotions (id, institution_id, number, state, moved_by) values (${id}, ${institution.id}, 1, 'draft', 'institution')`;
    await move("confirmed", "institution");
    expect(await lineOf(institution)).toMatchObject({ stage: "reviewing", blocked: { kind: "held" } });
    await move("requested", "institution");
    const line = await lineOf(institution);
    expect(line).toMatchObject({ stage: "waitingForApproval", blocked: { kind: "waiting", promotion: id, text: "Asks for Production" } });
    expect(Date.now() - line.stageSince.getTime()).toBeGreaterThan(2.9 * 3_600_000);
    await move("changesAsked", "staff");
    expect(await lineOf(institution)).toMatchObject({ stage: "reviewing", blocked: { kind: "held" } });
    await move("confirmed", "institution");
    await move("requested", "institution");
    expect((await lineOf(institution)).blocked?.text).toBe("Asks for Production, round 2");
  });

  test("a held plan comes before a stalled set-up", async () => {
    const institution = await createInstitution();
    const at = await feedWithDelivery(institution);
    await run(institution, { ...at, state: "held", hours: 300 });
    await aged(institution, 20);
    expect((await lineOf(institution)).blocked?.kind).toBe("held");
  });
});

describe("who looks after an institution, and what they write", () => {
  test("is one of the staff; taking and giving up stand in the institution's trail", async () => {
    const institution = await createInstitution();
    const { vendor } = callerAs(support);
    const place = { institution: institution.slug };
    await vendor.institutions.setOwner({ ...place, owner: support.accountId });
    expect((await lineOf(institution)).owner).toEqual({ id: support.accountId, name: support.email });
    await vendor.institutions.setOwner({ ...place, owner: null });
    expect((await lineOf(institution)).owner).toBeNull();
    await expect(vendor.institutions.setOwner({ ...place, owner: institution.owner.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const trail = await db.administrator`
      select account_id, detail from audit where institution_id = ${institution.id} and verb = 'institution.setOwner' order by id`;
    expect([...trail]).toEqual([
      { account_id: support.accountId, detail: { owner: support.accountId } },
      { account_id: support.accountId, detail: { owner: null } },
    ]);
  });

  test("a note is the staff's alone, newest first; the contacts are the owners and admins", async () => {
    const institution = await createInstitution();
    await createMember(institution, "viewer");
    await createMember(institution, "admin");
    const { institutions } = callerAs(support).vendor;
    for (const text of ["First", "Second"]) await institutions.addNote({ institution: institution.slug, text });
    const page = await institutions.get({ institution: institution.slug });
    expect(page.notes.map(({ text, by }) => [text, by])).toEqual([
      ["Second", support.email],
      ["First", support.email],
    ]);
    expect(page.contacts.map(({ role }) => role)).toEqual(["owner", "admin"]);
    expect(page.trail[0]).toMatchObject({ actor: "staff", verb: "institution.note", by: support.email });
    expect(JSON.stringify(page.trail)).not.toMatch(/First|Second/);
    await expect(institutions.get({ institution: "no-such" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

test("all runs of all institutions go newest first, a page at a time, and say of what is held only numbers", async () => {
  const [one, two] = [await createInstitution("Alder"), await createInstitution("Birch")];
  const [ofOne, ofTwo] = [await feedWithDelivery(one), await feedWithDelivery(two)];
  const old = await run(one, { ...ofOne, state: "committed", hours: 40_000 });
  const held = await run(two, { ...ofTwo, state: "held", hours: 39_999 });
  const { list } = callerAs(support).vendor.runs;
  const walked: { number: number; slug: string; reason: string | null }[] = [];
  let after: string | undefined;
  do {
    const page = await list({ limit: 2, after });
    walked.push(...page.rows);
    after = page.nextCursor ?? undefined;
  } while (after !== undefined);
  expect(walked.slice(-2)).toMatchObject([
    { number: held, slug: two.slug, reason: "31 of 100 people would be archived." },
    { number: old, slug: one.slug },
  ]);
  expect(new Set(walked.map(({ number, slug }) => `${slug} ${number}`)).size).toBe(walked.length);
  expect(JSON.stringify(walked)).not.toContain("Secret");
  expect((await list({ institution: two.slug, state: "held" })).rows.map((row) => row.number)).toEqual([held]);
  await expect(list({ after: "yesterday" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
});
