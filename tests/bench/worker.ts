import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { localFile, temporarySpool } from "@/server/cli/local-files";
import { onerosterCsv } from "@/server/sources/oneroster-csv";
import { afterCommit } from "@/server/sync/after-commit";
import { commit } from "@/server/sync/commit";
import { contextOf, syncDatabase } from "@/server/sync/context";
import { rosterDigest } from "@/server/sync/digest";
import { prepare } from "@/server/sync/prepare";

/** What the benchmark asks of the process that does the engine's work: everything that the worker does, and nothing else. */
export type Request =
  | { readonly kind: "idle" }
  | {
      readonly kind: "prepare";
      readonly institutionId: number;
      readonly runId: string;
      readonly folder: string;
      readonly mode: "bulk" | "delta" | null;
    }
  | { readonly kind: "commit" | "afterCommit"; readonly institutionId: number; readonly runId: string }
  | { readonly kind: "digest"; readonly institutionId: number; readonly environmentId: number };

export interface Answer {
  readonly ms: number;
  readonly digest?: string;
  readonly error?: string;
  /** Highest resident memory of this process so far, and now. */
  readonly peakRssMiB: number;
  readonly rssMiB: number;
}

async function perform(request: Request): Promise<string | undefined> {
  switch (request.kind) {
    case "idle": {
      const { engine } = await syncDatabase();
      await engine.untenanted((tx) => tx.execute(sql`select 1`));
      return undefined;
    }
    case "prepare":
      return prepareFolder(request);
    case "commit":
      await commit(await contextOf(request.institutionId, request.runId), { selectionVersion: 0, accountId: null });
      return undefined;
    case "afterCommit":
      await afterCommit(await contextOf(request.institutionId, request.runId));
      return undefined;
    case "digest": {
      const { engine } = await syncDatabase();
      return engine.asTenant(request.institutionId, async (tx) => {
        const [row] = await tx.execute<{ bucket: number }>(sql`select bucket from environments where id = ${request.environmentId}`);
        return rosterDigest(tx, { environmentId: request.environmentId, bucket: row?.bucket ?? 0 });
      });
    }
    default:
      return request satisfies never;
  }
}

async function prepareFolder(request: Extract<Request, { kind: "prepare" }>): Promise<undefined> {
  const spool = await temporarySpool();
  try {
    const names = (await readdir(request.folder)).filter((name) => name.endsWith(".csv"));
    const files = await Promise.all(names.map((name) => localFile(join(request.folder, name))));
    const modes: Record<string, "bulk" | "delta"> = request.mode === null ? {} : { "*": request.mode };
    const reading = await onerosterCsv.open({ packageName: null, files, spool }, { modes, encoding: null, dateOrder: null });
    const prepared = await prepare(await contextOf(request.institutionId, request.runId), [reading]);
    if (prepared.outcome !== "prepared") throw new Error(`Not prepared: ${JSON.stringify(prepared)}`);
  } finally {
    await spool.remove();
  }
}

/** VmHWM: what the system saw at most, also between two samples. */
function memory(): { peakRssMiB: number; rssMiB: number } {
  const status = readFileSync("/proc/self/status", "utf8");
  const of = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  return { peakRssMiB: of("VmHWM"), rssMiB: of("VmRSS") };
}

process.on("message", (request: Request) => {
  const started = performance.now();
  perform(request)
    .then((digest) => ({ ms: performance.now() - started, digest }))
    .catch((cause: unknown) => ({
      ms: performance.now() - started,
      error: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
    }))
    .then((answer) => process.send?.({ ...answer, ...memory() } satisfies Answer))
    .catch((cause: unknown) => {
      console.error(cause);
      process.exit(1);
    });
});
// The benchmark is gone: nobody will ask again.
process.on("disconnect", () => process.exit());
