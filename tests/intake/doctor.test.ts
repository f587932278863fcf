import { afterAll, beforeAll, expect, test } from "vitest";
import { checkDatabase, checkExecutor, checkMail, checkMigrations, checkObjectStore } from "@/server/cli/doctor-checks";
import { checkInvariants } from "@/server/cli/doctor-invariants";
import { removeObject } from "@/server/objects";
import { createDatabase, type TestDatabase } from "../support/database";
import { createInstitution } from "../support/institution";
import { createFeed, deliver } from "./support";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

test("a deployment that is well is said to be, and one without a worker is not", async () => {
  await createInstitution();
  for (const check of [checkDatabase, checkMigrations, checkInvariants, checkObjectStore, checkMail]) {
    expect(await check()).toMatchObject({ state: "ok" });
  }
  expect(await checkExecutor()).toMatchObject({ state: "failed", detail: expect.stringContaining("no worker is running") });
});

test("a row above the head without an open set is seen", async () => {
  const institution = await createInstitution();
  const feed = await createFeed(db, institution.id);
  const { id, bucket } = institution.environments.preview;
  await db.administrator`
    insert into org_versions (institution_id, environment_id, bucket, feed_id, from_seq, line, action, status, source_key, name, type)
    values (${institution.id}, ${id}, ${bucket}, ${feed}, 1, 2, 'add', 'active', 'o1', 'Lakeside', 'school')`;
  const found = await checkInvariants();
  expect(found.state).toBe("failed");
  expect(found.detail).toContain(`institution ${institution.id}, preview: 1 rows above the head without an open set`);
  await db.administrator`update environments set head_seq = 1 where id = ${id}`;
  expect(await checkInvariants()).toMatchObject({ state: "ok" });
});

test("a file that a delivery names and the store has lost is seen", async () => {
  const institution = await createInstitution();
  const feed = await createFeed(db, institution.id);
  const { delivery } = await deliver(institution.owner.member, {
    feed,
    files: [{ name: "orgs.csv", content: "sourcedId,name\no1,Lakeside\n" }],
  });
  const [file] = await db.administrator<{ key: string }[]>`select object_key as key from delivery_files where delivery_id = ${delivery}`;
  await removeObject({ institutionId: institution.id, key: file?.key ?? "" });
  expect(await checkObjectStore()).toMatchObject({ state: "failed", detail: expect.stringContaining("1 files of deliveries are missing") });
});

test("a database that a newer build has changed is seen", async () => {
  await db.administrator.unsafe("insert into migrations.applied (hash, created_at) values ('of a newer build', 0)");
  expect(await checkMigrations()).toMatchObject({ state: "failed", detail: expect.stringContaining("a newer build was here") });
  await db.administrator.unsafe("delete from migrations.applied where hash = 'of a newer build'");
});
