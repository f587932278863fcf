import { Readable } from "node:stream";
import { ZipArchive } from "archiver";
import { asc, eq } from "drizzle-orm";
import { accounts, environments, institutions, members } from "@/db/schema";
import type { TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { failpoint } from "@/server/failpoint";
import { writeSealed } from "@/server/objects";
import { ENTITIES } from "@/server/roster/entities";
import { exportAudit } from "@/server/services/audit/export";
import { rosterCsv, rosterLines } from "./export-roster";
import { exportedTables, LEFT_OUT, tableLines } from "./export-tables";

/** What was written: its size, and the lines of each file. */
interface Written {
  readonly bytes: number;
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Writes everything of an institution as one sealed zip under this key, file after file, a page of rows in memory at a time. `actor`
 * is somebody who may read all of it. Throws what reading throws; nothing is then left under the key.
 */
export async function writeExport(actor: TenantActor, key: string): Promise<Written> {
  const { institutionId } = actor;
  const rows: Record<string, number> = {};
  const archive = new ZipArchive({ zlib: { level: 6 } });
  // What goes wrong is told by the end of the bytes.
  archive.on("error", () => {});
  const add = (name: string, lines: () => AsyncIterable<string>): void => {
    // Nothing is read before the zip comes to it, and one file at a time.
    archive.append(Readable.from(counted(lines)), { name });
    async function* counted(from: typeof lines): AsyncGenerator<Buffer> {
      let written = 0;
      try {
        for await (const text of from()) {
          written += text.split("\n").length - 1;
          yield Buffer.from(text);
        }
        rows[name] = written;
        await failpoint("export.file");
      } catch (cause) {
        // A file that could not be read ends the whole zip with its failure, since half an export is none.
        archive.destroy(cause instanceof Error ? cause : new Error("An export broke off", { cause }));
        throw cause;
      }
    }
  };
  archive.append(readMe(actor), { name: "READ ME.txt" });
  add("institution.jsonl", () => itself(institutionId));
  add("people.jsonl", () => people(institutionId));
  for (const environment of await environmentsOf(institutionId)) {
    const at = { institutionId, environmentId: environment.id, bucket: environment.bucket, seq: environment.headSeq };
    for (const entity of ENTITIES) {
      add(`${environment.name}/${entity}.csv`, () => rosterCsv(at, entity));
      add(`${environment.name}/${entity}.jsonl`, () => rosterLines(at, entity));
    }
  }
  const audit = await exportAudit(actor, {});
  add("audit.csv", () => audit.lines);
  for (const table of await exportedTables(institutionId)) add(`tables/${table}.jsonl`, () => tableLines(institutionId, table));
  void archive.finalize().catch(() => {});
  const { bytes } = await writeSealed({ institutionId, key }, archive);
  return { bytes, rows };
}

const environmentsOf = (institutionId: number) =>
  asTenant(institutionId, (tx) =>
    tx.select().from(environments).where(eq(environments.institutionId, institutionId)).orderBy(asc(environments.name)),
  );

/** What the institution says of itself. */
async function* itself(institutionId: number): AsyncGenerator<string> {
  const found = await asTenant(institutionId, (tx) => tx.select().from(institutions).where(eq(institutions.id, institutionId)));
  for (const one of found) yield `${JSON.stringify(one)}\n`;
}

/** The members, whose numbers stand in the tables. */
async function* people(institutionId: number): AsyncGenerator<string> {
  const found = await asTenant(institutionId, (tx) =>
    tx
      .select({ account: accounts.id, name: accounts.name, email: accounts.email, role: members.role, removedAt: members.removedAt })
      .from(members)
      .innerJoin(accounts, eq(accounts.id, members.accountId))
      .where(eq(members.institutionId, institutionId))
      .orderBy(asc(accounts.id)),
  );
  for (const one of found) yield `${JSON.stringify(one)}\n`;
}

const readMe = ({ institution }: TenantActor): string =>
  [
    `Everything that Rollcall holds of ${institution.name} (${institution.slug}), as of ${new Date().toISOString()}.`,
    "",
    "institution.jsonl       its name, time zone and words",
    "people.jsonl            the people who signed in here, with the numbers by which the tables name them",
    "preview/, production/   each roster as of its last commit: the same records as lines of JSON, and as CSV for a spreadsheet",
    "                        (where a value would begin a formula an apostrophe stands before it; the JSON is exact)",
    "audit.csv               who did what, with the chain of hashes: SHA-256 over seq, the hash before and content, with line feeds between",
    "tables/                 settings, feeds, runs with counts and findings, choices, promotions and the rest, one line of JSON a row",
    "",
    "Not in it: passwords and secrets (Rollcall keeps no password, and shows no secret), sealed files of deliveries, and",
    ...Object.entries(LEFT_OUT).map(([table, reason]) => `  ${table}: ${reason}`),
    "",
  ].join("\r\n");
