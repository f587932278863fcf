import { sql } from "drizzle-orm";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "@/db/client";
import { type DatabaseRole, roleUrl } from "@/db/roles";
import { asTenant, asVendor, untenanted } from "@/server/database";
import { deploymentSecret } from "@/server/secrets";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { type Scene, setScene } from "./scene";

let db: TestDatabase;
let a: Scene;
let b: Scene;
let web: postgres.Sql;
beforeAll(async () => {
  db = await createDatabase();
  [a, b] = [await setScene(db), await setScene(db)];
  web = connect("app");
});
afterAll(async () => {
  await web.end();
  await db.close();
});

/** A bare connection of a role, past all of our own code: what an injected statement would have. */
const connect = (role: DatabaseRole): postgres.Sql =>
  postgres(roleUrl({ url: db.url, secret: deploymentSecret(), role }), { max: 1, onnotice: () => {} });

const TENANT_TABLES = [
  "institutions",
  "environments",
  "members",
  "audit",
  "feeds",
  "deliveries",
  "runs",
  "issues",
  "user_versions",
  "users",
  "left_out",
];

test("the web's role neither owns what it reads nor bypasses row level security (T2)", async () => {
  const [role] = await web`select current_user as name, rolsuper, rolbypassrls from pg_roles where rolname = current_user`;
  expect(role).toEqual({ name: "rollcall_app", rolsuper: false, rolbypassrls: false });
  const owned = await web`select relname from pg_class where pg_has_role(relowner, 'member') and relnamespace = 'public'::regnamespace`;
  expect(owned).toEqual([]);
});

test.each(TENANT_TABLES)("without an institution %s gives an error, never a row (T2)", async (table) => {
  await expect(web.unsafe(`select count(*) from ${table}`)).rejects.toThrow(/app\.institution_id/);
});

test.each(TENANT_TABLES)("with an empty, odd or unknown institution %s gives an error or nothing (T2, T3)", async (table) => {
  for (const setting of ["", "x", "1; drop table runs", "987654321", "-1"]) {
    const counted = web.begin(async (tx) => {
      await tx`select set_config('app.institution_id', ${setting}, true)`;
      return tx.unsafe(`select count(*)::int as n from ${table}`);
    });
    const outcome = await counted.then(
      ([row]) => row?.n,
      () => "refused",
    );
    expect([0, "refused"], setting).toContain(outcome);
  }
});

test.each(TENANT_TABLES)("each institution sees its own rows of %s and none of another's", async (table) => {
  const key = table === "institutions" ? "id" : "institution_id";
  for (const [own, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const ids = await asTenant(own.institution.id, (tx) =>
      tx.execute<{ id: number }>(sql.raw(`select distinct ${key} as id from ${table}`)),
    );
    expect(ids.map(({ id }) => id)).toEqual([own.institution.id]);
    const foreign = await asTenant(own.institution.id, (tx) =>
      tx.execute(sql.raw(`select 1 from ${table} where ${key} = ${other.institution.id}`)),
    );
    expect(foreign).toHaveLength(0);
  }
});

test("rows of another institution are neither changed nor removed nor made, and rows are not given away (T2)", async () => {
  const writes = [
    `update members set role = 'owner' where institution_id = ${a.institution.id}`,
    `update runs set state = 'committed' where institution_id = ${a.institution.id}`,
    `update institutions set name = 'x' where id = ${a.institution.id}`,
    `delete from left_out where institution_id = ${a.institution.id}`,
  ];
  for (const write of writes) {
    expect((await asTenant(b.institution.id, (tx) => tx.execute(sql.raw(write)))).count, write).toBe(0);
  }
  const refused = [
    `insert into audit (institution_id, actor, verb, subject) values (${a.institution.id}, 'system', 'x', 'x')`,
    `insert into feeds (institution_id, name, source) values (${a.institution.id}, 'x', 'oneroster-csv')`,
    `insert into members (institution_id, account_id, role) values (${a.institution.id}, ${b.owner.accountId}, 'owner')`,
    `update feeds set institution_id = ${a.institution.id}`,
  ];
  for (const write of refused) {
    await expect(
      asTenant(b.institution.id, (tx) => tx.execute(sql.raw(write))),
      write,
    ).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/row-level security/) },
    });
  }
});

test("a row of one institution cannot point at another's, though the ids exist (T4)", async () => {
  const stolen = asTenant(b.institution.id, (tx) =>
    tx.execute(
      sql`insert into deliveries (institution_id, feed_id, state, door) values (${b.institution.id}, ${a.ids.feed}, 'open', 'upload')`,
    ),
  );
  await expect(stolen).rejects.toMatchObject({ cause: { code: "23503" } });
});

test("two institutions may have the same keys, names and numbers (T4)", async () => {
  const sameKey = (scene: Scene) => db.administrator`
    insert into feeds (institution_id, name, source) values (${scene.institution.id}, 'Same', 'oneroster-csv')`;
  await sameKey(a);
  await sameKey(b);
});

test("a partition cannot be read by its name, shared or not; nor can the web reach into staging (T2)", async () => {
  for (const role of ["app", "vendor", "engine"] as const) {
    const connection = connect(role);
    await expect(connection`select count(*) from partitions.user_versions_1`, role).rejects.toMatchObject({ code: "42501" });
    await expect(connection`insert into partitions.user_versions_1 select * from user_versions limit 0`, role).rejects.toMatchObject({
      code: "42501",
    });
    await connection.end();
  }
});

test("COPY into the parent is under the same rule (T2)", async () => {
  const engine = connect("engine");
  const copied = engine.begin(async (tx) => {
    await tx`select set_config('app.institution_id', ${String(b.institution.id)}, true)`;
    return tx.unsafe(`copy org_versions (institution_id, environment_id, bucket, feed_id, from_seq, line, source_key) from stdin`);
  });
  await expect(copied).rejects.toMatchObject({ code: "0A000", message: expect.stringContaining("row-level security") });
  await engine.end();
});

test("roles may not become each other, load files, run programs or make functions that look past the rules", async () => {
  for (const statement of [
    "set role rollcall_owner",
    "set role rollcall_engine",
    "set session authorization rollcall_owner",
    "copy (select 1) to program 'true'",
    "select pg_read_file('/etc/passwd')",
    "create function public.f() returns int language sql security definer as 'select 1'",
    "alter table runs no force row level security",
    "create policy open on runs using (true)",
    "truncate runs",
    "update audit set verb = 'x'",
    "delete from audit",
  ]) {
    await expect(web.unsafe(statement), statement).rejects.toMatchObject({ code: "42501" });
  }
});

test("two hundred requests of two institutions over two connections never see each other (T3)", async () => {
  const small = openDatabase({ url: db.url, secret: deploymentSecret(), role: "app", applicationName: "test", connectionsMax: 2 });
  const seen = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const scene = index % 2 === 0 ? a : b;
      const work = small.asTenant(scene.institution.id, async (tx) => {
        const rows = await tx.execute<{ id: number }>(sql`select distinct institution_id as id, pg_sleep(0.001)::text from runs`);
        if (index % 7 === 0) throw new Error("rolled back");
        if (index % 11 === 0) await tx.execute(sql`select 1 / 0`);
        return rows.map(({ id }) => id);
      });
      return { own: scene.institution.id, ids: await work.catch(() => null) };
    }),
  );
  const answered = seen.filter(({ ids }) => ids !== null);
  expect(answered.length).toBeGreaterThan(140);
  expect(answered.filter(({ own, ids }) => JSON.stringify(ids) !== JSON.stringify([own]))).toEqual([]);
  const left = await small.untenanted((tx) =>
    tx.execute<{ setting: string | null }>(sql`select current_setting('app.institution_id', true) as setting`),
  );
  expect([null, ""]).toContain(left[0]?.setting);
  await expect(small.untenanted((tx) => tx.execute(sql`select 1 from runs`))).rejects.toThrow();
  await small.close();
});

test("outside a transaction of an institution nothing of one can be read through our own code", async () => {
  await expect(untenanted((tx) => tx.execute(sql`select * from members`))).rejects.toThrow();
});

test("which institutions an account belongs to is answered for that account only", async () => {
  const found = await untenanted((tx) => tx.execute<{ slug: string }>(sql`select slug from memberships_of(${a.owner.accountId})`));
  expect(found.map(({ slug }) => slug)).toEqual([a.institution.slug]);
});

test("the vendor's role reads institutions and runs, and no roster (T2)", async () => {
  const slugs = await asVendor((tx) => tx.execute<{ slug: string }>(sql`select slug from institutions`));
  expect(slugs.map(({ slug }) => slug)).toEqual(expect.arrayContaining([a.institution.slug, b.institution.slug]));
  for (const table of ["user_versions", "users", "issues", "changes", "left_out", "sessions", "delivery_files", "sign_ins"]) {
    await expect(
      asVendor((tx) => tx.execute(sql.raw(`select 1 from ${table}`))),
      table,
    ).rejects.toMatchObject({ cause: { code: "42501" } });
  }
  await expect(asVendor((tx) => tx.execute(sql`select recipient, html from mails`))).rejects.toMatchObject({ cause: { code: "42501" } });
});
