import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import postgres from "postgres";
import { z } from "zod";
import { commit, prepare, upload } from "@/server/cli/demo-play";
import { sampleDelivery } from "@/server/sources";
import { createScene, signedInPerson } from "./support/scene";

const CANARIES = ["kanarie-clear-9c2", "8c1c10b5d3bb2e3d6e9c1a35c57bd8a1", "{SSHA}kanarie9c2Zm9vYmFy"];

/** A district in which every user has a password, and some rows are torn so that it stands beside its column. */
function deliveryWithPasswords() {
  return sampleDelivery({ seed: 7, students: 40 }).map((file) => {
    const text = [...file.chunks()].join("");
    if (file.name !== "users.csv") return { name: file.name, text };
    const lines = text.trimEnd().split("\n");
    const withPasswords = lines.map((line, index) => (index === 0 ? line : `${line.replace(/,[^,]*$/, "")},${CANARIES[index % 3]}`));
    return { name: file.name, text: [...withPasswords, `torn-1,,,true,a,b,${CANARIES[0]}`, `torn-2,,,"x"y,${CANARIES[1]}`, ""].join("\n") };
  });
}

test("after a run, passwords are in no file of the data folder, in no table, and in no page's download", async () => {
  const scene = await createScene();
  const person = await signedInPerson(scene);
  const place = { institution: scene.slug, environment: "preview" as const };
  const delivery = await upload(person, {
    place,
    feed: scene.feed,
    delivery: { day: "Monday", kind: "full", files: deliveryWithPasswords() },
  });
  const number = await prepare(person, { place, feed: scene.feed, delivery, kind: "full" });
  const run = { ...place, run: number };
  const { issues } = await person.api.runs.get.query(run);
  expect(issues.map(({ code }) => code)).toContain("PASSWORD_IGNORED");
  await commit(person, run);
  for (const download of ["bad-rows.csv", "actions.csv"]) {
    const response = await person.request(`/i/${scene.slug}/preview/runs/${number}/${download}`);
    expect(response.status).toBe(200);
    expectNone(await response.text(), download);
  }
  await searchFolder(z.string().parse(process.env.ROLLCALL_DATA));
  await searchDatabase(z.string().parse(process.env.DATABASE_URL));
});

function expectNone(text: string | Buffer, where: string): void {
  for (const canary of CANARIES) expect(text.includes(canary), `${canary} in ${where}`).toBe(false);
}

/** Everything on disk: objects, the server's log, and the very files of Postgres with its write-ahead log. */
async function searchFolder(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(100);
  // Postgres removes files of its own while we look.
  for (const file of files) expectNone(await readFile(file).catch(() => ""), file);
}

async function searchDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const tables = await sql<{ name: string }[]>`
      select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`;
    expect(tables.length).toBeGreaterThan(30);
    for (const { name } of tables) {
      const [found] = await sql
        .unsafe<{ rows: number }[]>(`select count(*)::int as rows from ${name} t where t::text like any ($1::text[])`, [
          CANARIES.map((canary) => `%${canary}%`),
        ])
        .catch((cause: unknown) => {
          // Other tests' runs end meanwhile, and what they staged is gone.
          if (name.startsWith("staging.") && cause instanceof postgres.PostgresError && cause.code === "42P01") return [{ rows: 0 }];
          throw cause;
        });
      expect(found?.rows, name).toBe(0);
    }
  } finally {
    await sql.end();
  }
}
