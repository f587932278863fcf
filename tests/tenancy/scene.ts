import { randomBytes, randomUUID } from "node:crypto";
import type { Actor } from "@/server/auth/actor";
import { handOffDigestOf } from "@/server/auth/hand-off";
import { createInvitation } from "@/server/services/invitations/create";
import type { TestDatabase } from "@/tests/support/database";
import { createInstitution, createMember, signedIn, type TestInstitution } from "@/tests/support/institution";
import type { Ids } from "./fixture";

/** An institution that has something of everything, as the engine and people leave it, with an owner and a viewer. */
export interface Scene {
  readonly institution: TestInstitution;
  readonly owner: Actor;
  readonly viewer: Actor;
  readonly ids: Ids;
}

let numbers = 70_000;

export async function setScene(db: TestDatabase): Promise<Scene> {
  const institution = await createInstitution();
  const viewer = (await createMember(institution, "viewer")).actor;
  const member = (await createMember(institution, "viewer")).actor.accountId;
  const invitation = (await createInvitation(institution.owner.member, { email: `${token()}@school.example`, role: "viewer" })).id;
  const session = (await signedIn(institution.owner.id)).sessionId;
  const sql = db.administrator;
  numbers += 100;
  const [committedRun, readyRun, heldRun, queuedRun] = [numbers, numbers + 1, numbers + 2, numbers + 3];
  const keys = { school: `school-${token()}`, student: `student-${token()}`, class: `class-${token()}` };
  const { preview, production } = institution.environments;
  const of = { institution: institution.id, owner: institution.owner.id };
  const [feed] = await sql<{ id: number }[]>`
    insert into feeds (institution_id, name, source, production_version) values (${of.institution}, 'SIS', 'oneroster-csv', 1) returning id`;
  const feedId = feed?.id ?? 0;
  await sql`insert into feed_settings (institution_id, feed_id, version) values (${of.institution}, ${feedId}, 1)`;
  const [readyDelivery, openDelivery] = [randomUUID(), randomUUID()];
  await sql`
    insert into deliveries (id, institution_id, feed_id, state, door, digest, begun_by, finished_at) values
      (${readyDelivery}, ${of.institution}, ${feedId}, 'ready', 'upload', 'd', ${of.owner}, now()),
      (${openDelivery}, ${of.institution}, ${feedId}, 'open', 'upload', null, ${of.owner}, null)`;
  await sql`update environments set head_seq = 1, committed_at = now() where id in (${preview.id}, ${production.id})`;
  const counts = { users: { read: 2, add: 0, edit: 1, archive: 1 }, people: { students: { read: 2, edit: 1, archive: 1 } } };
  const runs = [
    { number: committedRun, environment: preview.id, state: "committed", base: 0, commit: 1, verdict: { outcome: "ready", reasons: [] } },
    { number: readyRun, environment: preview.id, state: "ready", base: 1, commit: null, verdict: { outcome: "ready", reasons: [] } },
    {
      number: heldRun,
      environment: production.id,
      state: "held",
      base: 1,
      commit: null,
      verdict: { outcome: "hold", reasons: [{ kind: "empty", entity: "users", count: 2, of: 2, limit: 0, schools: [] }] },
    },
    { number: queuedRun, environment: production.id, state: "queued", base: null, commit: null, verdict: null },
  ];
  for (const run of runs) {
    const id = randomUUID();
    await sql`
      insert into runs (id, institution_id, number, environment_id, feed_id, delivery_id, kind, trigger, settings_version, state, base_seq, commit_seq,
        counts, verdict, selection_version, started_by, created_at, prepared_at, ended_at)
      values (${id}, ${of.institution}, ${run.number}, ${run.environment}, ${feedId}, ${readyDelivery}, 'full', 'person', 1, ${run.state}, ${run.base},
        ${run.commit}, ${sql.json(counts)}, ${run.verdict === null ? null : sql.json(run.verdict)}, ${run.state === "ready" ? 1 : 0}, ${of.owner},
        now() - interval '1 hour', now(), ${run.state === "committed" ? sql`now()` : null})`;
    await sql`insert into run_deliveries (institution_id, run_id, position, delivery_id) values (${of.institution}, ${id}, 1, ${readyDelivery})`;
    await sql`
      insert into run_files (institution_id, run_id, position, name, entity, mode, bytes) values (${of.institution}, ${id}, 1, 'users.csv', 'users', 'bulk', 100)`;
    await sql`
      insert into issues (institution_id, run_id, severity, code, file, line, detail) values (${of.institution}, ${id}, 'warning', 'EMAIL_INVALID', 'users.csv', 2, 'x')`;
    await sql`
      insert into run_issue_totals (institution_id, run_id, severity, code, total) values (${of.institution}, ${id}, 'warning', 'EMAIL_INVALID', 1)`;
    if (run.state === "committed") {
      // No commit of Preview leaves such mails; here they are something that one institution has and another must not touch.
      const [batch] = await sql<{ id: string }[]>`
        insert into welcome_batches (institution_id, run_id, environment_id, bucket, seq, feeds, state, mails)
        values (${of.institution}, ${id}, ${run.environment}, ${preview.bucket}, 1, ${[feedId]}, 'paused', 1) returning id`;
      await sql`
        insert into welcome_mails (institution_id, sourced_id, batch_id, line, state)
        values (${of.institution}, ${keys.student}, ${batch?.id ?? ""}, 2, 'waiting')`;
    }
    if (run.state !== "ready") continue;
    await sql`
      insert into choices (institution_id, run_id, version, scope, is_on, changed, account_id)
      values (${of.institution}, ${id}, 1, ${sql.json({ kind: "rows", rows: [{ entity: "users", sourceKey: keys.student }] })}, false, 1, ${of.owner})`;
    await sql`
      insert into left_out (institution_id, run_id, entity, source_key, action, part, cause, off_at)
      values (${of.institution}, ${id}, 'users', ${keys.student}, 'edit', 'students', 'person', 1)`;
  }
  for (const environment of [preview, production]) {
    const at = { institution: of.institution, environment: environment.id, bucket: environment.bucket, feed: feedId };
    await landed(db, at, keys);
  }
  await sql`update environments set paused_at = now(), paused_reason = 'x' where id = ${production.id}`;
  const livePromotion = numbers + 21;
  await promoted(db, { ...of, number: livePromotion, road: ["confirmed", "requested", "approved", "applying", "live"] });
  const promotion = await promoted(db, { ...of, number: numbers + 22, road: ["confirmed", "requested"] });
  const [organization] = await sql<{ id: number }[]>`
    insert into organizations (institution_id, name) values (${of.institution}, 'Central') returning id`;
  const job = await failedJob(db, of.institution);
  const handOffToken = token();
  const [handOff] = await sql<{ id: string }[]>`
    insert into hand_offs (institution_id, feed_id, email, token_digest, delivery_id, created_by, expires_at)
    values (${of.institution}, ${feedId}, 'it@school.example', ${handOffDigestOf(handOffToken)}, ${openDelivery}, ${of.owner}, now() + interval '7 days')
    returning id`;
  return {
    institution,
    owner: institution.owner.actor,
    viewer,
    ids: {
      institution: institution.slug,
      feed: feedId,
      readyDelivery,
      openDelivery,
      committedRun,
      readyRun,
      heldRun,
      queuedRun,
      ...keys,
      organization: organization?.id ?? 0,
      member,
      invitation,
      session,
      promotion,
      livePromotion,
      handOff: handOff?.id ?? "",
      handOffToken,
      job,
    },
  };
}

/** A promotion of the first commit, moved along this road by the people that the matrix does not ask as. */
async function promoted(
  db: TestDatabase,
  of: { institution: number; owner: number; number: number; road: readonly string[] },
): Promise<string> {
  const sql = db.administrator;
  const [made] = await sql<{ id: string }[]>`
    insert into promotions (institution_id, number, state, moved_by) values (${of.institution}, ${of.number}, 'draft', 'institution') returning id`;
  const id = made?.id ?? "";
  const [decider] = await sql<{ id: number }[]>`insert into accounts (email) values (${`${token()}@vendor.example`}) returning id`;
  for (const state of of.road) {
    const side = state === "approved" ? "staff" : state === "applying" || state === "live" ? "system" : "institution";
    await sql`
      update promotions set state = ${state}, moved_by = ${side},
        round = case when ${state === "confirmed"} then 1 else round end, snapshot_seq = 1, snapshot_digest = 'seen', production_seq = 1,
        difference = '[]', confirmed_by = ${of.owner}, confirmed_at = now(), requested_by = ${of.owner}, requested_at = now(),
        expires_at = now() + interval '14 days', decided_by = case when ${state === "approved"} then ${decider?.id ?? 0}::int else decided_by end
      where id = ${id}`;
  }
  return id;
}

/** A run of a function that failed, as the executor leaves it. */
async function failedJob(db: TestDatabase, institutionId: number): Promise<string> {
  const id = randomUUID();
  await db.administrator`
    insert into durable.jobs (id, fn_id, status, events, created_at, started_at, ended_at)
    values (${id}, 'rollcall-prepare-run', 'failed', ${db.administrator.json([{ name: "run/requested", data: { institutionId } }])}, now(), now(), now())`;
  return id;
}

/** A school, a class and two students that are current, and a plan that edits one and archives the other. */
async function landed(
  db: TestDatabase,
  at: { institution: number; environment: number; bucket: number; feed: number },
  keys: { school: string; student: string; class: string },
): Promise<void> {
  const sql = db.administrator;
  const where = sql`${at.institution}::int, ${at.environment}::int, ${at.bucket}::int, ${at.feed}::int`;
  const other = `${keys.student}-2`;
  await sql`
    insert into org_versions (institution_id, environment_id, bucket, feed_id, from_seq, line, source_key, name, type)
    values (${where}, 1, 2, ${keys.school}, 'Lincoln High', 'school')`;
  await sql`
    insert into class_versions (institution_id, environment_id, bucket, feed_id, from_seq, line, source_key, title, school_key)
    values (${where}, 1, 2, ${keys.class}, 'Algebra', ${keys.school})`;
  await sql`
    insert into user_versions
      (institution_id, environment_id, bucket, feed_id, from_seq, line, replaces_seq, action, status, source_key, given_name, family_name, primary_role, org_keys, enabled)
    values
      (${where}, 1, 2, null, 'add', 'active', ${keys.student}, 'Ann', 'Lee', 'student', ${keys.school}, 'true'),
      (${where}, 1, 3, null, 'add', 'active', ${other}, 'Bo', 'Ray', 'student', ${keys.school}, 'true'),
      (${where}, 2, 2, 1, 'edit', 'active', ${keys.student}, 'Anna', 'Lee', 'student', ${keys.school}, 'true'),
      (${where}, 2, -1, 1, 'archive', 'archived', ${other}, 'Bo', 'Ray', 'student', ${keys.school}, 'true')`;
}

/** Ids of the same shapes that nobody has. */
export const nobodysIds = (institution: string): Ids => ({
  institution,
  feed: 987_654_321,
  readyDelivery: randomUUID(),
  openDelivery: randomUUID(),
  committedRun: 987_651,
  readyRun: 987_652,
  heldRun: 987_653,
  queuedRun: 987_654,
  school: `school-${token()}`,
  student: `student-${token()}`,
  class: `class-${token()}`,
  member: 987_654_320,
  invitation: randomUUID(),
  organization: 987_655,
  session: randomUUID(),
  promotion: randomUUID(),
  livePromotion: 987_662,
  handOff: randomUUID(),
  handOffToken: token(),
  job: randomUUID(),
});

const token = (): string => randomBytes(6).toString("hex");
