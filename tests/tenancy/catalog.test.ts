import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DATABASE_ROLES, roleName } from "@/db/roles";
import { createDatabase, type TestDatabase } from "@/tests/support/database";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

/** Every table of ours; partitions too, with the parent whose policies do not protect them. */
interface Table {
  readonly schema: string;
  readonly name: string;
  readonly isPartition: boolean;
  readonly isParent: boolean;
  readonly hasInstitution: boolean;
  readonly isForced: boolean;
  readonly policies: number;
}

async function tables(): Promise<Table[]> {
  return [
    ...(await db.administrator<Table[]>`
      select n.nspname as schema, c.relname as name, c.relispartition as "isPartition", c.relkind = 'p' as "isParent",
        exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'institution_id' and not a.attisdropped) as "hasInstitution",
        c.relrowsecurity and c.relforcerowsecurity as "isForced",
        (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname in ('public', 'partitions', 'staging', 'durable', 'migrations')
      order by 1, 2`),
  ];
}

/** What a role may do with a table, by name of the right. */
async function rights(role: string): Promise<{ table: string; right: string }[]> {
  return [
    ...(await db.administrator<{ table: string; right: string }[]>`
      select n.nspname || '.' || c.relname as table, r.kind as "right"
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) r(kind)
      where c.relkind in ('r', 'p', 'v') and n.nspname in ('public', 'partitions', 'staging', 'durable', 'migrations')
        and has_table_privilege(${role}, c.oid, r.kind)
      order by 1, 2`),
  ];
}

test("no login role is a superuser, bypasses row level security, makes roles or belongs to one that does", async () => {
  const roles = await db.administrator`
    select r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolreplication
    from pg_roles r where r.rolname = any(${DATABASE_ROLES.map(roleName)}) order by 1`;
  expect(roles).toHaveLength(DATABASE_ROLES.length);
  for (const role of roles)
    expect(
      Object.values(role).filter((value) => value === true),
      role.rolname,
    ).toEqual([]);
  const memberships = await db.administrator`
    select m.rolname as member, g.rolname as of from pg_auth_members a
    join pg_roles m on m.oid = a.member join pg_roles g on g.oid = a.roleid
    where m.rolname like 'rollcall\_%' and m.rolname <> 'rollcall_owner'`;
  expect(memberships.filter((one) => !String(one.of).startsWith("pg_read_all_stats"))).toEqual([]);
});

test("the roles that look past row level security cannot log in, and own only functions", async () => {
  const roles =
    await db.administrator`select rolname, rolcanlogin, rolsuper from pg_roles where rolname in ('rollcall_search', 'rollcall_directory', 'rollcall_purge')`;
  expect(roles).toHaveLength(3);
  for (const role of roles) expect(role).toMatchObject({ rolcanlogin: false, rolsuper: false });
  const owned = await db.administrator`
    select c.relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname in ('rollcall_search', 'rollcall_directory', 'rollcall_purge')`;
  expect(owned).toEqual([]);
});

test("web, engine and vendor own nothing", async () => {
  const owned = await db.administrator`
    select c.relname, r.rolname from pg_class c join pg_roles r on r.oid = c.relowner
    where r.rolname in ('rollcall_app', 'rollcall_engine', 'rollcall_vendor')`;
  expect(owned).toEqual([]);
});

test("every table with an institution has forced row level security and a policy; partitions hang below such a parent", async () => {
  const found = (await tables()).filter((table) => table.hasInstitution || table.name === "institutions");
  expect(found.length).toBeGreaterThan(30);
  for (const table of found.filter((one) => !one.isPartition && one.schema === "public")) {
    expect(table, table.name).toMatchObject({ isForced: true });
    expect(table.policies, table.name).toBeGreaterThan(0);
  }
  expect(found.filter((table) => table.isPartition && table.schema !== "partitions")).toEqual([]);
});

test("every policy for web and engine names the institution of the transaction, for reading and for writing", async () => {
  const policies = await db.administrator<{ table: string; roles: string[]; using: string; check: string | null; command: string }[]>`
    select tablename as table, roles::text[] as roles, qual as using, with_check as check, cmd as command
    from pg_policies where schemaname = 'public' and roles && array['rollcall_app', 'rollcall_engine']::name[]`;
  expect(policies.length).toBeGreaterThan(30);
  for (const policy of policies) {
    const key = policy.table === "institutions" ? "id" : "institution_id";
    const rule = `(${key} = (( SELECT current_setting('app.institution_id'::text) AS current_setting))::integer)`;
    expect(policy.using, policy.table).toBe(rule);
    expect(policy.check, policy.table).toBe(rule);
    expect(policy.command).toBe("ALL");
  }
});

test("the tables without an institution are these and no others", async () => {
  const found = (await tables()).filter((table) => !table.hasInstitution && table.schema === "public").map((table) => table.name);
  expect(found).toEqual([
    "accounts",
    "deletion_certificates",
    "institutions",
    "mails",
    "rate_limits",
    "sessions",
    "sign_ins",
    "sign_ups",
    "staff",
    "staff_audit",
    "staff_challenges",
    "staff_factors",
    "staff_recovery_codes",
    "staff_sessions",
  ]);
});

describe("grants", () => {
  test("web has no right on any partition or staging table, and none to the schemas that hold them (T2)", async () => {
    for (const role of ["rollcall_app", "rollcall_vendor"]) {
      const found = (await rights(role)).filter(({ table }) => /^(partitions|staging|migrations)\./.test(table));
      expect(found, role).toEqual([]);
      const [schemas] = await db.administrator`
        select has_schema_privilege(${role}, 'partitions', 'USAGE') as partitions, has_schema_privilege(${role}, 'staging', 'USAGE') as staging`;
      expect(schemas, role).toEqual({ partitions: false, staging: false });
    }
  });

  test("the engine has no right on a partition that several institutions share", async () => {
    const shared = await db.administrator<{ name: string }[]>`
      select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relispartition and c.relkind = 'r' and c.relname ~ '_[1-8]$' and n.nspname = 'partitions'`;
    expect(shared.length).toBeGreaterThanOrEqual(7 * 8);
    const names = new Set(shared.map(({ name }) => name));
    expect((await rights("rollcall_engine")).filter(({ table }) => names.has(table))).toEqual([]);
  });

  test("the audit is appended to and never changed, by anybody (T20)", async () => {
    for (const role of ["rollcall_app", "rollcall_engine", "rollcall_vendor"]) {
      const found = (await rights(role)).filter(({ table }) => table === "public.audit").map(({ right }) => right);
      expect(found.toSorted(), role).toEqual(["INSERT", "SELECT"]);
    }
    for (const role of ["rollcall_app", "rollcall_engine", "rollcall_vendor"]) {
      const found = (await rights(role)).filter(({ table }) => table === "public.staff_audit").map(({ right }) => right);
      expect(
        found.filter((right) => right !== "INSERT" && right !== "SELECT"),
        role,
      ).toEqual([]);
    }
  });

  test("nobody writes the audit's chain but the database itself (T20)", async () => {
    for (const role of ["rollcall_app", "rollcall_engine", "rollcall_vendor"]) {
      const found = (await rights(role)).filter(({ table }) => ["public.audit_chain", "public.audit_heads"].includes(table));
      expect(
        found.filter(({ right }) => right !== "SELECT"),
        role,
      ).toEqual([]);
    }
  });

  test("web writes to the outbox and reads no mail; vendor sees whether mails go out, never to whom or what", async () => {
    expect((await rights("rollcall_app")).filter(({ table }) => table === "public.mails").map(({ right }) => right)).toEqual(["INSERT"]);
    // Staff invite the first owner of an institution, which writes a mail.
    expect((await rights("rollcall_vendor")).filter(({ table }) => table === "public.mails").map(({ right }) => right)).toEqual(["INSERT"]);
    const columns = await db.administrator<{ name: string }[]>`
      select attname as name from pg_attribute
      where attrelid = 'mails'::regclass and attnum > 0 and has_column_privilege('rollcall_vendor', 'mails', attname, 'SELECT') order by 1`;
    expect(columns.map(({ name }) => name)).toEqual(["attempts", "created_at", "id", "kind", "last_error", "next_try_at", "sent_at"]);
  });

  test("vendor sees no roster, no row of a delivery, no finding, no change, no session", async () => {
    const seen = new Set((await rights("rollcall_vendor")).map(({ table }) => table).filter((table) => table.startsWith("public.")));
    expect([...seen].map((table) => table.replace("public.", "")).toSorted()).toEqual([
      "accounts",
      "audit",
      "audit_anchors",
      "audit_chain",
      "audit_heads",
      "deletion_certificates",
      "deletion_requests",
      "deliveries",
      "environment_leases",
      "environments",
      "feed_settings",
      "feeds",
      "institution_limits",
      "institution_notes",
      "institution_owners",
      "institution_retention",
      "institutions",
      "invitations",
      "mails",
      "members",
      "notification_choices",
      "promotions",
      "run_issue_totals",
      "run_progress",
      "runs",
      "staff",
      "staff_audit",
      "step_plans",
      "views",
    ]);
  });

  test("web may not write what only the engine decides", async () => {
    const writes = (await rights("rollcall_app")).filter(({ right }) => ["INSERT", "UPDATE", "DELETE", "TRUNCATE"].includes(right));
    const tables = new Set(writes.map(({ table }) => table));
    for (const table of [
      "user_versions",
      "org_versions",
      "enrollment_versions",
      "run_files",
      "run_schools",
      "run_progress",
      "issues",
      "changes",
      "refusals",
    ]) {
      expect(tables.has(`public.${table}`), table).toBe(false);
    }
    expect([...tables].filter((table) => table.startsWith("durable."))).toEqual([]);
    expect(writes.filter(({ right }) => right === "TRUNCATE")).toEqual([]);
  });

  test("functions that look past row level security have a fixed search path and are not everybody's", async () => {
    const functions = await db.administrator<{ name: string; config: string[] | null; everybody: boolean }[]>`
      select p.proname as name, p.proconfig as config, has_function_privilege('public', p.oid, 'execute') as everybody
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.prosecdef and n.nspname in ('public', 'partitions', 'durable', 'staging')`;
    expect(functions.length).toBeGreaterThan(1);
    for (const one of functions) {
      expect(
        one.config?.some((setting) => setting.startsWith("search_path=")),
        one.name,
      ).toBe(true);
      expect(one.everybody, one.name).toBe(false);
    }
  });
});

test("every key that crosses tables of an institution carries it along, so that no row points into another one (T4)", async () => {
  const keys = await db.administrator<{ table: string; to: string; columns: string[] }[]>`
    select c.conrelid::regclass::text as table, c.confrelid::regclass::text as to,
      array(select a.attname::text from unnest(c.conkey) k join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k) as columns
    from pg_constraint c
    where c.contype = 'f' and c.connamespace = 'public'::regnamespace and not exists (select from pg_class p where p.oid = c.conrelid and p.relispartition)`;
  const crossing = keys.filter(({ to }) => !["institutions", "accounts", "sessions"].includes(to));
  expect(crossing.length).toBeGreaterThan(10);
  for (const key of crossing) expect(key.columns, `${key.table} to ${key.to}`).toContain("institution_id");
});
