import postgres from "postgres";
import { z } from "zod";
import { commandActor } from "@/server/auth/actor";
import type { Scene } from "./scene";

/** Runs of this institution come as far as the file of people and wait there until this is let go. */
export async function stopAtPeople(scene: Scene): Promise<() => Promise<void>> {
  const sql = postgres(z.string().parse(process.env.DATABASE_URL), { max: 1, onnotice: () => {} });
  const { institutionId } = await commandActor(scene.slug);
  const name = `wait_at_people_${institutionId}`;
  const connection = await sql.reserve();
  await connection`select pg_advisory_lock(hashtext(${scene.slug}))`;
  await connection.unsafe(`
    create function ${name}() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock_shared(hashtext('${scene.slug}')); return new; end $$;
    create trigger ${name} before insert on run_progress for each row
    when (new.item = 'users.csv' and new.institution_id = ${institutionId})
    execute function ${name}()`);
  return async () => {
    await connection`select pg_advisory_unlock(hashtext(${scene.slug}))`;
    await connection.unsafe(`drop function ${name}() cascade`);
    connection.release();
    await sql.end();
  };
}
