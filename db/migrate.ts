import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as applyMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { DATABASE_ROLES, roleName, rolePassword, roleUrl } from "./roles";

const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));
const lockKey = 7_265_655_200;

/**
 * Brings the database up to date: roles first (they belong to the cluster), then every migration not yet applied, as the
 * owner. Any number of processes may call it at once; one works, the others wait and find nothing to do.
 * `url` must name an administrator that may create roles, one of them with BYPASSRLS.
 */
export async function migrate(options: { url: string; secret: string }): Promise<{ applied: number; total: number }> {
  const administrator = postgres(options.url, { max: 1, onnotice: () => {} });
  try {
    await administrator`select pg_advisory_lock(${lockKey})`;
    await ensureRoles(administrator, options);
    const owner = postgres(roleUrl({ ...options, role: "owner" }), { max: 1, onnotice: () => {} });
    try {
      const before = await appliedMigrations(owner);
      await applyMigrations(drizzle(owner), { migrationsFolder, migrationsSchema: "migrations", migrationsTable: "applied" });
      const total = migrationNames().length;
      return { applied: total - before, total };
    } finally {
      await owner.end();
    }
  } finally {
    await administrator.end();
  }
}

/** How many migrations the database has, and how many this build brings. Changes nothing. */
export async function migrationState(options: { url: string; secret: string }): Promise<{ applied: number; total: number }> {
  const owner = postgres(roleUrl({ ...options, role: "owner" }), { max: 1, onnotice: () => {} });
  try {
    return { applied: await appliedMigrations(owner), total: migrationNames().length };
  } finally {
    await owner.end();
  }
}

/** The names of all migrations of this build, oldest first. */
function migrationNames(): string[] {
  const journal: { entries: { tag: string }[] } = JSON.parse(readFileSync(join(migrationsFolder, "meta", "_journal.json"), "utf8"));
  return journal.entries.map((entry) => entry.tag);
}

async function appliedMigrations(owner: postgres.Sql): Promise<number> {
  const [found] = await owner<{ there: boolean }[]>`select to_regclass('migrations.applied') is not null as there`;
  if (found?.there !== true) return 0;
  const [count] = await owner<{ n: number }[]>`select count(*)::int as n from migrations.applied`;
  return count?.n ?? 0;
}

/**
 * `rollcall_search`, `rollcall_directory` and `rollcall_purge` cannot log in; they own the few functions that must look past row level
 * security, hold rights on nothing else, and test institution and account themselves. Passwords are set when a role is made
 * and when the secret changed.
 */
async function ensureRoles(administrator: postgres.Sql, options: { url: string; secret: string }): Promise<void> {
  const known = new Set(
    (await administrator<{ rolname: string }[]>`select rolname from pg_roles where rolname like 'rollcall\\_%'`).map(
      (role) => role.rolname,
    ),
  );
  const current = known.has(roleName("owner")) && (await letsIn(options));
  for (const role of DATABASE_ROLES) {
    if (known.has(roleName(role)) && current) continue;
    const verb = known.has(roleName(role)) ? "alter" : "create";
    await administrator.unsafe(
      `${verb} role ${roleName(role)} login nobypassrls nosuperuser nocreaterole password '${rolePassword(options.secret, role)}'`,
    );
  }
  for (const role of ["search", "directory", "purge"]) {
    if (known.has(`rollcall_${role}`)) continue;
    await administrator.unsafe(`create role rollcall_${role} nologin bypassrls`);
    await administrator.unsafe(`grant rollcall_${role} to rollcall_owner`);
  }
  await administrator.unsafe(`
    create extension if not exists pg_trgm;
    do $$ begin execute format('grant create, connect on database %I to rollcall_owner', current_database()); end $$;
    grant create, usage on schema public to rollcall_owner with grant option`);
}

async function letsIn(options: { url: string; secret: string }): Promise<boolean> {
  const owner = postgres(roleUrl({ ...options, role: "owner" }), { max: 1, onnotice: () => {} });
  try {
    await owner`select 1`;
    return true;
  } catch (cause) {
    if (cause instanceof postgres.PostgresError && cause.code === "28P01") return false;
    throw cause;
  } finally {
    await owner.end();
  }
}
