import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { fromBuffer } from "yauzl";
import { GET } from "@/app/(console)/i/[institution]/settings/data/export/[export]/route";
import { handOffDigestOf } from "@/server/auth/hand-off";
import { asVendor } from "@/server/database";
import { cleanUpIntake } from "@/server/intake/clean-up";
import { removeExpiredExports } from "@/server/retention/remove-expired";
import { dataPlace } from "@/server/secrets";
import { LEFT_OUT } from "@/server/services/data/export-tables";
import { signInLink } from "@/server/services/sign-in/link-for";
import { eventually } from "@/tests/conformance/eventually";
import { openBrowser } from "@/tests/support/browser";
import { callerAs } from "@/tests/support/caller";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createInstitution, createMember } from "@/tests/support/institution";
import { committedScene } from "./promotion-scene";
import type { RunScene } from "./scene";

vi.setConfig({ testTimeout: 120_000 });

const db = databaseWithWorker();

/** The export of an institution, as the owner's page has it once it is written. */
async function exported(scene: RunScene) {
  const { exports } = callerAs(scene.institution.owner.actor).data;
  const institution = scene.institution.slug;
  const { id } = await exports.request({ institution });
  expect(await exports.request({ institution })).toEqual({ id });
  return eventually("a written export", async () => (await exports.list({ institution })).find((each) => each.id === id && each.canFetch));
}

async function fetched(email: string | null, scene: RunScene, id: string): Promise<Response> {
  const browser = openBrowser();
  if (email !== null) await browser.signInBy("link", { token: new URL(await signInLink(email)).searchParams.get("token") ?? "" });
  const cookie = [...browser.cookies].map(([key, value]) => `${key}=${value}`).join("; ");
  const { slug: institution } = scene.institution;
  const url = `http://localhost:3000/i/${institution}/settings/data/export/${id}`;
  return GET(new Request(url, { headers: { cookie } }), { params: Promise.resolve({ institution, export: id }) });
}

test("an export holds everything of its institution, with the proof of the audit, nothing of another one and no secret", async () => {
  const [scene, other] = [await committedScene(), await committedScene()];
  const { id } = scene.institution;
  await db.administrator`
    insert into hand_offs (institution_id, feed_id, email, token_digest, created_by, expires_at)
    values (${id}, ${scene.feed}, 'it@school.example', ${handOffDigestOf("canary-token")}, ${scene.institution.owner.id}, now() + interval '7 days')`;
  await db.administrator`
    insert into feed_fields (institution_id, feed_id, field, sealed) values (${id}, ${scene.feed}, 'secret', 'canary-sealed')`;
  const done = await exported(scene);
  const response = await fetched(scene.institution.owner.actor.email, scene, done.id);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-disposition")).toBe(`attachment; filename="${scene.institution.slug}.zip"`);
  const files = await unzipped(Buffer.from(await response.arrayBuffer()));

  const lines = (name: string) => (files[name] ?? "").split("\n").filter((line) => line !== "");
  const [current] = await db.administrator`select count(*)::int as n from users where institution_id = ${id}`;
  expect(lines("preview/users.jsonl")).toHaveLength(current?.n);
  expect(lines("preview/users.csv")).toHaveLength(current?.n + 1);
  expect(JSON.parse(lines("preview/users.jsonl")[0] ?? "")).toMatchObject({ source_key: expect.any(String), feed: "SIS" });
  // As whoever reads the current roster sees them, value by value.
  const known = await db.administrator<{ source_key: string; org_roles: string | null; email: string | null; sourced_id: string }[]>`
    select source_key, org_roles, email, coalesce(sourced_id, source_key) as sourced_id from users where institution_id = ${id} order by source_key collate "C"`;
  expect(known.some(({ org_roles }) => org_roles !== null)).toBe(true);
  expect(lines("preview/users.jsonl").map((line) => JSON.parse(line))).toMatchObject([...known]);
  expect(lines("audit.csv").length).toBeGreaterThan(3);
  expect(lines("people.jsonl")).toHaveLength(1);
  // Every table with rows of institutions is in the file or left out for a reason, and has as many lines as rows.
  const tables = await db.administrator<{ name: string }[]>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'institution_id'
    where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace`;
  const inside = Object.keys(files).flatMap((name) => /^tables\/(.+)\.jsonl$/.exec(name)?.[1] ?? []);
  expect([...inside, ...Object.keys(LEFT_OUT)].toSorted()).toEqual(tables.map(({ name }) => name).toSorted());
  for (const table of ["runs", "run_files", "feeds", "members", "deliveries", "hand_offs", "environments"]) {
    const [found] = await db.administrator.unsafe<{ n: number }[]>(`select count(*)::int as n from ${table} where institution_id = $1`, [
      id,
    ]);
    expect(lines(`tables/${table}.jsonl`), table).toHaveLength(found?.n ?? -1);
  }
  const all = Object.values(files).join("\n");
  const [sealed] = await db.administrator`select object_key from delivery_files where institution_id = ${id} limit 1`;
  for (const secret of [handOffDigestOf("canary-token"), "canary-sealed", sealed?.object_key, "hunter2", "token_digest"]) {
    expect(all).not.toContain(secret);
  }
  expect(all).not.toContain(other.institution.slug);
  const verbs = await db.administrator`select verb from audit where institution_id = ${id} and verb like 'export.%' order by id`;
  expect(verbs.map(({ verb }) => verb)).toEqual(["export.request", "export.fetch"]);
  const [mail] = await db.administrator`select recipient, text from mails where kind = 'export' and of_institution = ${id}`;
  expect(mail).toMatchObject({ recipient: scene.institution.owner.actor.email, text: expect.stringContaining("/settings/data#export") });
});

test("owners alone fetch it, signed in, while it is kept; afterwards it is nowhere (T5)", async () => {
  const [scene, other] = [await committedScene(), await committedScene()];
  const done = await exported(scene);
  expect((await fetched(null, scene, done.id)).status).toBe(307);
  const admin = await createMember(scene.institution, "admin");
  for (const email of [admin.actor.email, other.institution.owner.actor.email]) {
    expect((await fetched(email, scene, done.id)).status, email).toBe(404);
  }
  expect((await fetched(other.institution.owner.actor.email, other, done.id)).status).toBe(404);
  expect((await fetched(scene.institution.owner.actor.email, scene, "x")).status).toBe(404);
  // What clears intake away leaves it alone.
  await cleanUpIntake(0);
  expect((await fetched(scene.institution.owner.actor.email, scene, done.id)).status).toBe(200);
  await db.administrator`update institution_exports set expires_at = now() where id = ${done.id}`;
  expect((await fetched(scene.institution.owner.actor.email, scene, done.id)).status).toBe(404);
  expect(await removeExpiredExports(scene.institution.id)).toMatchObject({ counts: { exports: 1 } });
  const [row] = await db.administrator`select state, object_key from institution_exports where id = ${done.id}`;
  expect(row).toEqual({ state: "removed", object_key: null });
  await expect(asVendor((tx) => tx.execute("select object_key from institution_exports"))).rejects.toThrow();
});

test("where the storage refuses, the export ends as failed and says why, leaves no part of a file, and can be asked for again", async () => {
  const institution = await createInstitution();
  const { exports } = callerAs(institution.owner.actor).data;
  const unfinished = join(dataPlace(), "objects", "unfinished");
  const folder = join(dataPlace(), "objects", String(institution.id));
  await mkdir(unfinished, { recursive: true });
  const before = await readdir(unfinished);
  // A file where the folder of the institution's objects is to be.
  await writeFile(folder, "");
  const { id } = await exports.request({ institution: institution.slug });
  const failed = await eventually("a failed export", async () => {
    // The waiting between two tries.
    await db.administrator`update durable.queue set run_at = now() where attempt > 0 and lease is null`;
    return (await exports.list({ institution: institution.slug })).find((each) => each.id === id && each.state === "failed");
  });
  expect(failed).toMatchObject({
    canFetch: false,
    bytes: null,
    reason: "The storage does not take files at the moment. Nothing was changed. Ask for it again.",
  });
  expect(await readdir(unfinished)).toEqual(before);
  expect(await db.administrator`select 1 from mails where kind = 'export' and of_institution = ${institution.id}`).toHaveLength(0);

  await rm(folder);
  const again = await exports.request({ institution: institution.slug });
  expect(again.id).not.toBe(id);
  await eventually("a written export", async () =>
    (await exports.list({ institution: institution.slug })).find((each) => each.id === again.id && each.canFetch),
  );
  expect(await readdir(folder)).toHaveLength(1);
});

/** The texts of a zip by their names. */
function unzipped(zip: Buffer): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    fromBuffer(zip, { lazyEntries: true }, (failure, opened) => {
      if (failure) return reject(failure);
      const files: Record<string, string> = {};
      opened.on("error", reject);
      opened.on("end", () => resolve(files));
      opened.on("entry", (entry) => {
        opened.openReadStream(entry, async (cause, stream) => {
          if (cause) return reject(cause);
          const parts: Buffer[] = [];
          for await (const part of stream) parts.push(part);
          files[entry.fileName] = Buffer.concat(parts).toString("utf8");
          opened.readEntry();
        });
      });
      opened.readEntry();
    });
  });
}
