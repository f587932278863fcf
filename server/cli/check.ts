import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import type { Issue } from "@/server/roster/issue";
import { findSource, SOURCES } from "@/server/sources";
import { DeliveryRefused } from "@/server/sources/lib/refused";
import { openZip } from "@/server/sources/lib/zip";
import type { DeliveryFile, DeliveryFiles, ReadingSettings, Spool } from "@/server/sources/source";
import { type CheckResult, checkDelivery } from "./check-delivery";
import { jsonReport, textReport } from "./check-report";
import { localFile, temporarySpool } from "./local-files";

const USAGE = `rollcall check <zip, folder or csv files…> [--source ${SOURCES.map((source) => source.key).join("|")}] [--mode bulk|delta] [--encoding NAME] [--json]

Reads a delivery and says what a sync would say about its data, without a database.
Exit code: 0 clean, 1 some rows are in error, 2 refused (or the command was misused).`;

const EXIT = { clean: 0, errors: 1, refused: 2 } as const;
const EXIT_MISUSED = 2;

/** The command `check`: prints the report and resolves to the exit code. */
export async function runCheck(argv: string[]): Promise<number> {
  const wish = parseWish(argv);
  if ("problem" in wish) {
    console.error(`${wish.problem}\n\n${USAGE}`);
    return EXIT_MISUSED;
  }
  const spool = await temporarySpool();
  try {
    const result = await checkPaths(wish.paths, { ...wish, spool });
    console.log(wish.json ? jsonReport(result) : textReport(result));
    return EXIT[result.verdict];
  } catch (error) {
    if (!(error instanceof MissingFile)) throw error;
    console.error(error.message);
    return EXIT_MISUSED;
  } finally {
    await spool.remove();
  }
}

interface Wish {
  readonly paths: readonly string[];
  readonly sourceKey: string;
  readonly settings: ReadingSettings;
  readonly json: boolean;
}

function parseWish(argv: string[]): Wish | { problem: string } {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        source: { type: "string", default: SOURCES[0]?.key ?? "" },
        mode: { type: "string" },
        encoding: { type: "string" },
        json: { type: "boolean", default: false },
      },
    });
    const { mode, source } = values;
    if (positionals.length === 0) return { problem: "Name at least one file." };
    if (findSource(source) === null) return { problem: `There is no source ${source}.` };
    if (mode !== undefined && mode !== "bulk" && mode !== "delta") return { problem: "--mode is bulk or delta." };
    const settings: ReadingSettings = {
      modes: mode === undefined ? {} : { "*": mode },
      encoding: values.encoding ?? null,
      dateOrder: null,
    };
    return { paths: positionals, sourceKey: source, settings, json: values.json };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** A path that names nothing: the caller's mistake, not the data's. */
class MissingFile extends Error {}

/** Checks files of this machine: zips are unpacked into the spool, folders stand for the files in them. */
export async function checkPaths(
  paths: readonly string[],
  { sourceKey, settings, spool }: { sourceKey: string; settings: ReadingSettings; spool: Spool },
): Promise<CheckResult> {
  const source = findSource(sourceKey);
  if (source === null) throw new Error(`There is no source ${sourceKey}`);
  const { delivery, issues } = await collect(paths, spool);
  return await checkDelivery(source, delivery, { settings, found: issues });
}

async function collect(paths: readonly string[], spool: Spool): Promise<{ delivery: DeliveryFiles; issues: Issue[] }> {
  const files: DeliveryFile[] = [];
  const issues: Issue[] = [];
  let packageName: string | null = null;
  for (const path of await expand(paths)) {
    const file = await localFile(path);
    if (!/\.zip$/i.test(path)) {
      files.push(file);
      continue;
    }
    packageName = basename(path);
    const unpacked = await unpack(file, spool);
    files.push(...unpacked.files);
    issues.push(...unpacked.issues);
  }
  return { delivery: { packageName, files, spool }, issues };
}

async function expand(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const entry = await stat(path).catch(() => null);
      if (entry === null) throw new MissingFile(`There is no file ${path}.`);
      if (!entry.isDirectory()) return [path];
      const names = await readdir(path, { withFileTypes: true });
      return names
        .filter((name) => name.isFile())
        .map((name) => join(path, name.name))
        .sort();
    }),
  );
  return found.flat();
}

async function unpack(file: DeliveryFile, spool: Spool): Promise<{ files: DeliveryFile[]; issues: readonly Issue[] }> {
  const { entries, issues } = await openZip(file);
  const files: DeliveryFile[] = [];
  try {
    for (const entry of entries) files.push(await spool.write(entry.name, entry.stream()));
    return { files, issues };
  } catch (error) {
    if (!(error instanceof DeliveryRefused)) throw error;
    return { files: [], issues: [...issues, error.issue] };
  }
}
