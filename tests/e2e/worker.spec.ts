import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "@playwright/test";
import postgres from "postgres";
import { z } from "zod";
import { commit, prepare, upload } from "@/server/cli/demo-play";
import { sampleDelivery } from "@/server/sources";
import { createScene, signedInPerson } from "./support/scene";

test("a worker that is killed is started again and goes on with what waits; pages answer meanwhile", async () => {
  const scene = await createScene();
  const person = await signedInPerson(scene);
  const place = { institution: scene.slug, environment: "preview" as const };
  const files = sampleDelivery({ seed: 3, students: 20 }).map((file) => ({ name: file.name, text: [...file.chunks()].join("") }));
  const delivery = await upload(person, { place, feed: scene.feed, delivery: { day: "Monday", kind: "full", files } });
  const sql = postgres(z.string().parse(process.env.DATABASE_URL), { max: 1, onnotice: () => {} });
  try {
    const killed = await workerOf(sql);
    process.kill(killed, "SIGKILL");
    expect((await person.request("/api/health")).status).toBe(200);
    const number = await prepare(person, { place, feed: scene.feed, delivery, kind: "full" });
    await commit(person, { ...place, run: number });
    expect(await workerOf(sql)).not.toBe(killed);
  } finally {
    await sql.end();
  }
});

/** The process that runs the functions: it says its number in the name of its connections. */
async function workerOf(sql: postgres.Sql): Promise<number> {
  for (;;) {
    const [found] = await sql<{ pid: string }[]>`
      select substring(application_name from ':(\\d+)$') as pid from pg_stat_activity
      where application_name like 'rollcall durable %' and datname = current_database()
      limit 1`;
    if (found !== undefined) return Number(found.pid);
    await pause(100);
  }
}
