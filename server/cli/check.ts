import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Issue } from "@/server/roster/issue";
import { findSource } from "@/server/sources";
import { DeliveryRefused } from "@/server/sources/lib/refused";
import { openZip } from "@/server/sources/lib/zip";
import type { DeliveryFile, DeliveryFiles, ReadingSettings, Spool } from "@/server/sources/source";
import { type CheckResult, checkDelivery } from "./check-delivery";
import { jsonReport, textReport } from "./check-report";
import type { GivenTo } from "./commands";
import { localFile, temporarySpool } from "./local-files";

const EXIT = { clean: 0, errors: 1, refused: 2 } as const;
/** A path that names nothing: nothing of it can be read either. */
const EXIT_MISSING = 2;

/** The command `check`: prints the report and resolves to the exit code. */
export async function runCheck({ operands, source, mode, encoding, json }: GivenTo<"check">): Promise<number> {
  const settings: ReadingSettings = { modes: mode === null ? {} : { "*": mode }, encoding, dateOrder: null };
  const spool = await temporarySpool();
  try {
    const result = await checkPaths(operands, { sourceKey: source, settings, spool });
    console.log(json ? jsonReport(result) : textReport(result));
    return EXIT[result.verdict];
  } catch (error) {
    if (!(error instanceof MissingFile)) throw error;
    console.error(error.message);
    return EXIT_MISSING;
  } finally {
    await spool.remove();
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
