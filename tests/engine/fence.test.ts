import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { roleUrl } from "@/db/roles";
import { deploymentSecret } from "@/server/secrets";
import { moveFence } from "@/server/sync/fence";
import { createDatabase, type TestDatabase } from "../support/database";
import { createScene } from "./scene";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

test("taking an environment over ends its older connections, and none of another database of the cluster", async () => {
  const scene = await createScene(database.administrator);
  const context = await scene.run({ feedId: await scene.feed() });
  const own = roleUrl({ url: database.url, secret: deploymentSecret(), role: "engine" });
  const elsewhere = new URL(own);
  elsewhere.pathname = "/postgres";
  const open = async (url: string) => {
    const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { application_name: `rollcall:${scene.environmentId}:1` } });
    const [backend] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    return { pid: backend?.pid ?? 0, end: () => sql.end({ timeout: 0 }) };
  };
  const connections = [await open(own), await open(elsewhere.href)];
  try {
    const alive = async () => {
      const rows = await database.administrator<{ pid: number }[]>`
        select pid from pg_stat_activity where pid = any(${connections.map(({ pid }) => pid)})`;
      return rows.map(({ pid }) => pid);
    };
    await moveFence(context);
    await expect.poll(alive, { timeout: 120_000 }).toEqual([connections[1]?.pid]);
  } finally {
    for (const connection of connections) await connection.end();
  }
});
