import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { type EmbeddedPostgres, startEmbedded } from "@/db/embedded";

const [OLD, NEW] = ["the secret of last year, long enough to be one", "the secret of this year, long enough to be one"];
/** Each command is a process of its own, on a machine that may do much else. */
const SLOW_MS = 300_000;

let folder = "";
let server: EmbeddedPostgres;
let sql: Sql;
// A server of its own: the roles' passwords come from the secret, and roles are the whole server's.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-secrets-"));
  await chmod(folder, 0o755);
  server = await startEmbedded(folder, { shared_buffers: "64MB", fsync: "off" });
  sql = postgres(server.url, { max: 1, onnotice: () => {} });
}, SLOW_MS);
afterAll(async () => {
  vi.unstubAllEnvs();
  await sql.end({ timeout: 5 });
  await server.stop("immediate");
  await rm(folder, { recursive: true, force: true });
});

interface Secrets {
  readonly secret: string;
  readonly previous?: string;
}

/** Runs the command as a shell does, under these secrets. */
function rollcall(under: Secrets, ...args: string[]): Promise<{ exit: number; output: string; said: string }> {
  const env = {
    ...process.env,
    DATABASE_URL: server.url,
    ROLLCALL_DATA: folder,
    ROLLCALL_SECRET: under.secret,
    ROLLCALL_PREVIOUS_SECRET: under.previous,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", "server/cli/main.ts", ...args], { env, timeout: SLOW_MS }, (failure, output, said) =>
      resolve({ exit: failure === null ? 0 : Number(failure.code), output, said }),
    );
  });
}

const Doctor = z.object({ ok: z.boolean(), checks: z.array(z.object({ name: z.string(), state: z.string(), detail: z.string() })) });

/** What doctor says of secrets. */
async function secretsLine(under: Secrets): Promise<string> {
  const said = await rollcall(under, "doctor", "--json");
  const { ok, checks } = Doctor.parse(JSON.parse(said.output));
  expect(said.exit).toBe(ok ? 0 : 1);
  const line = checks.find(({ name }) => name === "secrets");
  return `${line?.state}: ${line?.detail}`;
}

/** Seals as a process of the old secret does: two secrets of a feed, an app secret of a person of the staff, a file. */
async function sealAll(): Promise<void> {
  vi.stubEnv("ROLLCALL_SECRET", OLD);
  vi.stubEnv("ROLLCALL_DATA", folder);
  vi.resetModules();
  const { sealText } = await import("@/server/secrets");
  const { newObjectKey, writeSealed } = await import("@/server/objects");
  const { purposeOf } = await import("@/server/services/connections/write-fields");
  const { sealedFor } = await import("@/server/services/second-factor/totp");
  const [place] = await sql<{ institution: number; feed: number; account: number }[]>`
    select i.id as institution, f.id as feed, m.account_id as account
    from institutions i join feeds f on f.institution_id = i.id join members m on m.institution_id = i.id`;
  if (place === undefined) throw new Error("No institution was made");
  const sealed = (word: string) => sealText(purposeOf({ institutionId: place.institution, feedId: place.feed, field: "secret" }), word);
  await sql`
    insert into feed_fields (institution_id, feed_id, field, sealed, previous_sealed)
    values (${place.institution}, ${place.feed}, 'secret', ${sealed("canary now")}, ${sealed("canary before")})`;
  await sql`
    insert into staff_factors (account_id, kind, label, secret, confirmed_at)
    values (${place.account}, 'totp', 'An app', ${sealText(sealedFor(place.account), "canary app")}, now())`;
  await writeSealed({ institutionId: place.institution, key: newObjectKey(place.institution) }, chunks(Buffer.from("a file")));
}

async function* chunks(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

test(
  "a changed secret: doctor counts what lies under the old one, rotate seals it anew, and afterwards the old one is not needed",
  async () => {
    const made = await rollcall(
      { secret: OLD },
      ...["institution", "create", "--slug", "lakeside", "--name", "Lakeside", "--zone", "America/Chicago", "--owner", "dana@x.example"],
    );
    expect(made.exit, made.said).toBe(0);
    await sql`insert into feeds (institution_id, name, source) select id, 'SIS', 'oneroster-csv' from institutions`;
    await sealAll();
    expect(await secretsLine({ secret: OLD })).toBe("ok: 3 kept, all sealed under this secret");

    // Without the old one, what it sealed is lost, and both say so; nothing is changed.
    const both = { secret: NEW, previous: OLD };
    const alone = await rollcall({ secret: NEW }, "secrets", "rotate");
    expect(alone).toMatchObject({ exit: 1, said: expect.stringContaining("ROLLCALL_PREVIOUS_SECRET is not set") });
    expect(await secretsLine({ secret: NEW })).toMatch(/^failed: 3 open under no secret/);
    expect(await secretsLine(both)).toBe("warning: 4 are sealed under the secret before: run rollcall secrets rotate");

    const rotated = await rollcall(both, "secrets", "rotate", "--json");
    expect(rotated.exit, rotated.said).toBe(0);
    const all = { texts: { current: 3, previous: 0, neither: 0 }, files: { current: 1, previous: 0, neither: 0 } };
    expect(JSON.parse(rotated.output)).toEqual(all);
    expect(rotated.output + rotated.said).not.toContain("canary");
    expect(await secretsLine(both)).toMatch(/^warning: nothing is sealed under the secret before any more/);
    const again = await rollcall(both, "secrets", "rotate");
    expect(again).toMatchObject({ exit: 0, output: "3 secrets and 1 file are sealed under the new secret; 0 open under neither.\n" });
    expect(await secretsLine({ secret: NEW })).toBe("ok: 3 kept, all sealed under this secret");

    // What opens under neither is told by the exit code.
    await sql`update feed_fields set sealed = 'AAAA' || sealed`;
    expect((await rollcall(both, "secrets", "rotate")).exit).toBe(1);
    expect(await secretsLine({ secret: NEW })).toMatch(/^failed: 1 open under no secret/);
    expect(await rollcall(both, "secrets", randomUUID())).toMatchObject({ exit: 64, output: "" });
  },
  SLOW_MS,
);
