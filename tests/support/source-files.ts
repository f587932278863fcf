import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface SourceFile {
  /** From the project's root: `server/env.ts`. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  /** What it imports, by name as written; those of types alone apart. */
  readonly imports: readonly { readonly from: string; readonly isType: boolean }[];
}

/** Every TypeScript file below these folders, and those at the root. */
export function sourceFiles(folders: readonly string[] = ["app", "db", "emails", "server", "tests"]): SourceFile[] {
  const atRoot = readdirSync(ROOT).filter((name) => /\.(ts|tsx|mjs)$/.test(name) && name !== "next-env.d.ts");
  return [...atRoot, ...folders.flatMap((folder) => below(join(ROOT, folder)))].map((path) => {
    const text = readFileSync(join(ROOT, path), "utf8");
    return { path, text, lines: text.replace(/\n$/, "").split("\n").length, imports: importsOf(text) };
  });
}

function below(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name === "node_modules") return [];
    if (statSync(path).isDirectory()) return below(path);
    return /\.(ts|tsx)$/.test(name) ? [relative(ROOT, path)] : [];
  });
}

function importsOf(text: string): SourceFile["imports"] {
  const code = withoutComments(text);
  const found: { from: string; isType: boolean }[] = [];
  for (const [, kind, names, from] of code.matchAll(/^\s*(import|export)\s+([^"';]*?)\s*from\s+["']([^"']+)["']/gm)) {
    if (from === undefined) continue;
    const isType = /^type\b/.test(names ?? "") || (/^\{/.test(names ?? "") && everyNameIsType(names ?? ""));
    found.push({ from, isType: kind === "import" ? isType : /^type\b/.test(names ?? "") });
  }
  for (const [, from] of code.matchAll(/^\s*import\s+["']([^"']+)["']/gm)) if (from !== undefined) found.push({ from, isType: false });
  for (const [, from] of code.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g)) if (from !== undefined) found.push({ from, isType: false });
  return found;
}

const everyNameIsType = (names: string): boolean =>
  names
    .replace(/[{}]/g, "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .every((name) => name.startsWith("type "));

/** Code alone. Comments are taken for what they are only where a line begins with one, so that no string is cut. */
export const withoutComments = (text: string): string => text.replace(/^\s*\/\*[\s\S]*?\*\//gm, "").replace(/^\s*\/\/.*$/gm, "");

/** The file of ours that an import names, or null for a package. */
export function resolved(file: SourceFile, from: string, known: ReadonlySet<string>): string | null {
  const path = from.startsWith("@/") ? from.slice(2) : from.startsWith(".") ? join(dirname(file.path), from) : null;
  if (path === null) return null;
  return [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`].find((one) => known.has(one)) ?? path;
}
