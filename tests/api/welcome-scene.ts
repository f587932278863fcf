import { randomUUID } from "node:crypto";
import { asEngine } from "@/server/database";
import { countDue, weighBatch } from "@/server/services/welcome/count-due";
import { sendWave } from "@/server/services/welcome/send-wave";
import type { TestDatabase } from "@/tests/support/database";
import { createInstitution, type TestInstitution } from "@/tests/support/institution";

/** A commit of Production that added people, with its batch still to be counted. */
export interface WelcomeScene {
  readonly institution: TestInstitution;
  readonly of: { readonly institutionId: number; readonly batchId: string };
  readonly runId: string;
  readonly at: { readonly environment: "production"; readonly run: number };
  /** The job's steps until the batch is weighed; answers how many stretches there were. */
  count(): Promise<number>;
  weigh(): ReturnType<typeof weighBatch>;
  wave(): ReturnType<typeof sendWave>;
  /** The time of the next wave has come. */
  due(): Promise<void>;
}

export async function createWelcomeScene(
  db: TestDatabase,
  how: { people: number; email?: string; action?: "add" | "edit" | "reactivate"; status?: string; role?: string },
): Promise<WelcomeScene> {
  const institution = await createInstitution();
  const { id: institutionId } = institution;
  const { id: environmentId, bucket } = institution.environments.production;
  const sql = db.administrator;
  const [feed] = await sql<{ id: number }[]>`
    insert into feeds (institution_id, name, source, production_version) values (${institutionId}, 'SIS', 'oneroster-csv', 1) returning id`;
  const feedId = feed?.id ?? 0;
  await sql`insert into feed_settings (institution_id, feed_id, version, mails) values (${institutionId}, ${feedId}, 1, '{"welcome": true}')`;
  const [runId, deliveryId] = [randomUUID(), randomUUID()];
  await sql`
    insert into deliveries (id, institution_id, feed_id, state, door) values (${deliveryId}, ${institutionId}, ${feedId}, 'ready', 'upload')`;
  await sql`
    insert into runs (id, institution_id, number, environment_id, feed_id, delivery_id, kind, trigger, settings_version, state, base_seq, commit_seq, ended_at)
    values (${runId}, ${institutionId}, 7, ${environmentId}, ${feedId}, ${deliveryId}, 'full', 'arrival', 1, 'committed', 0, 1, now())`;
  await sql`update environments set head_seq = 1, committed_at = now() where id = ${environmentId}`;
  await sql`
    insert into user_versions (institution_id, environment_id, bucket, feed_id, from_seq, line, action, status, source_key, given_name, family_name,
      username, email, primary_role, enabled)
    select ${institutionId}::int, ${environmentId}::int, ${bucket}::int, ${feedId}::int, 1, n + 1, ${how.action ?? "add"}::text, ${how.status ?? "active"}::text,
      'p' || n, 'Given' || n, 'Family' || n, 'login' || n, replace(${how.email ?? "#@school.example"}, '#', 'person' || n), ${how.role ?? "student"}::text, 'true'
    from generate_series(1, ${how.people}::int) n`;
  const [batch] = await sql<{ id: string }[]>`
    insert into welcome_batches (institution_id, run_id, environment_id, bucket, seq, feeds, state)
    values (${institutionId}, ${runId}, ${environmentId}, ${bucket}, 1, ${[feedId]}, 'counting') returning id`;
  const of = { institutionId, batchId: batch?.id ?? "" };
  return {
    institution,
    of,
    runId,
    at: { environment: "production", run: 7 },
    async count() {
      for (let stretch = 1; ; stretch += 1) if ((await asEngine(institutionId, (tx) => countDue(tx, of))).finished) return stretch;
    },
    weigh: () => asEngine(institutionId, (tx) => weighBatch(tx, of)),
    wave: () => asEngine(institutionId, (tx) => sendWave(tx, of)),
    async due() {
      await sql`update welcome_batches set next_wave_at = now() where id = ${of.batchId} and state = 'sending'`;
    },
  };
}
