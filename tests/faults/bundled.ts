import { createHash } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
/** Below the packages, which the bundles go on importing. */
const folder = join(checkout, "node_modules", ".cache", "rollcall-workers");

const made = new Map<string, Promise<string>>();

/**
 * A worker program of this folder as one file of plain script, and its path: translating a worker's modules costs each process a second of
 * a core, which is most of its life where one is killed every other second. Made once a process, under a name that its content gives.
 */
export function bundled(name: string): Promise<string> {
  const known = made.get(name);
  if (known !== undefined) return known;
  const making = bundle(name);
  made.set(name, making);
  return making;
}

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(checkout, "tests", "faults", `${name}.ts`)],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    packages: "external",
    jsx: "automatic",
    tsconfig: join(checkout, "tsconfig.json"),
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`esbuild made nothing of ${name}`);
  const path = join(folder, `${name}-${createHash("sha256").update(output.contents).digest("hex").slice(0, 16)}.mjs`);
  await mkdir(folder, { recursive: true });
  // Another process may be making the same at this moment.
  await writeFile(`${path}.${process.pid}`, output.contents);
  await rename(`${path}.${process.pid}`, path);
  return path;
}
