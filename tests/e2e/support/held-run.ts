import postgres from "postgres";
import { z } from "zod";
import { commandActor } from "@/server/auth/actor";
import type { Scene } from "./scene";

/** The family of advisory locks by which tests hold runs; 0 in it is the making of the trigger. */
const LOCKS = 737;

/** Runs of this institution come as far as the file of people and wait there until this is let go. */
export async function stopAtPeople(scene: Scene): Promise<() => Promise<void>> {
  const sql = postgres(z.string().parse(process.env.DATABASE_URL), { max: 1, onnotice: () => {} });
  const { institutionId } = await commandActor(scene.slug);
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCKS}::int, 0)`;
    // Made once for all tests: while a run is held, nothing can be done to the table.
    if ((await tx`select 1 from pg_trigger where tgname = 'wait_at_people'`).length > 0) return;
    await tx.unsafe(`
      create function wait_at_people() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock_shared(${LOCKS}, new.institution_id); return new; end $$;
      create trigger wait_at_people before insert on run_progress for each row
      when (new.item = 'users.csv') execute function wait_at_people()`);
  });
  const connection = await sql.reserve();
  await connection`select pg_advisory_lock(${LOCKS}::int, ${institutionId}::int)`;
  return async () => {
    await connection`select pg_advisory_unlock(${LOCKS}::int, ${institutionId}::int)`;
    connection.release();
    await sql.end();
  };
}
