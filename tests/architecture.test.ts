import { describe, expect, test } from "vitest";
import { SOURCES } from "@/server/sources";
import { resolved, type SourceFile, sourceFiles, withoutComments } from "./support/source-files";

const files = sourceFiles();
const known = new Set(files.map((file) => file.path));
const shipped = files.filter(({ path }) => !path.startsWith("tests/") && !path.includes(".test."));

/** Every breach, as "who: whom", so that a failure names what to change. */
function breaches(
  of: readonly SourceFile[],
  forbidden: (imported: { from: string; file: string | null }, by: string) => boolean,
): string[] {
  return of.flatMap((file) =>
    file.imports
      .filter(({ from }) => forbidden({ from, file: resolved(file, from, known) }, file.path))
      .map(({ from }) => `${file.path}: ${from}`),
  );
}

const inside = (folder: string, of = shipped): SourceFile[] => of.filter(({ path }) => path.startsWith(`${folder}/`));
const isIn = (file: string | null, ...folders: string[]): boolean => folders.some((folder) => file?.startsWith(`${folder}/`));
const isPackage = (from: string, ...names: string[]): boolean => names.some((name) => from === name || from.startsWith(`${name}/`));

test("the walk sees the project", () => {
  expect(shipped.length).toBeGreaterThan(150);
  expect(shipped.flatMap((file) => file.imports).length).toBeGreaterThan(500);
  const unknown = breaches(files, ({ from, file }) => file !== null && !known.has(file) && !/\.(css|json|svg)$/.test(from));
  expect(unknown, "imports that lead nowhere").toEqual([]);
});

describe("what may import what (ARCHITECTURE §2)", () => {
  test("1. db and emails import no server and no app; roster imports itself and zod", () => {
    expect(breaches([...inside("db"), ...inside("emails")], ({ file }) => isIn(file, "server", "app"))).toEqual([]);
    expect(breaches(inside("server/roster"), ({ from, file }) => !isIn(file, "server/roster") && from !== "zod")).toEqual([]);
  });

  test("2. next, react and tRPC stay in app, emails, server/trpc and the session", () => {
    const elsewhere = shipped.filter(
      ({ path }) => !/^(app|emails|server\/trpc)\//.test(path) && !["server/auth/session.ts", "proxy.ts", "next.config.ts"].includes(path),
    );
    expect(breaches(elsewhere, ({ from }) => isPackage(from, "next", "react", "react-dom", "@trpc", "next-auth"))).toEqual([]);
  });

  test("2. inngest stays in jobs and the executor", () => {
    const elsewhere = shipped.filter(({ path }) => !/^server\/(jobs|durable)\//.test(path));
    expect(breaches(elsewhere, ({ from }) => isPackage(from, "inngest"))).toEqual([]);
  });

  test("2. process.env is read in server/env.ts alone", () => {
    const readers = shipped.filter(({ text }) => /process\s*\.\s*env\b|\benv\b[^\n]*from "node:process"/.test(withoutComments(text)));
    expect(readers.map(({ path }) => path).filter((path) => !["server/env.ts", "db/drizzle.config.ts"].includes(path))).toEqual([]);
  });

  test("3. a source knows no database, no other source, no network and no disk", () => {
    const readers = inside("server/sources").filter(({ path }) => path !== "server/sources/index.ts");
    expect(
      breaches(
        readers,
        ({ from, file }) =>
          isIn(file, "db", "app") ||
          /^(node:)?(fs|http|https|net|tls|dns)(\/|$)/.test(from) ||
          isPackage(from, "undici", "pg", "postgres", "drizzle-orm"),
      ),
    ).toEqual([]);
    const folderOf = (path: string | null): string | undefined => /^server\/sources\/([^/]+)\//.exec(path ?? "")?.[1];
    const others = breaches(readers, ({ file }, by) => {
      const [own, other] = [folderOf(by), folderOf(file)];
      return other !== undefined && other !== "lib" && other !== own;
    });
    expect(others).toEqual([]);
    const fetching = readers.filter(({ text }) => /(?<![.\w])fetch\s*\(/.test(withoutComments(text)));
    expect(fetching.map(({ path }) => path)).toEqual([]);
  });

  test("3. a source is one folder and one line: nothing else names it", () => {
    expect(SOURCES.length).toBeGreaterThan(0);
    for (const { key } of SOURCES) {
      const naming = shipped.filter(({ path, text }) => {
        const own = path.startsWith(`server/sources/${key}/`) || path === "server/sources/index.ts";
        return !own && new RegExp(`(?<![\\w-])${key}(?![\\w-])`, "i").test(text);
      });
      expect(
        naming.map(({ path }) => path),
        key,
      ).toEqual([]);
    }
  });

  test("4. routers import no db; services ask and never sync; sync and egress know neither services nor jobs", () => {
    expect(breaches(inside("server/trpc"), ({ file }) => isIn(file, "db"))).toEqual([]);
    expect(breaches(inside("server/services"), ({ file }) => isIn(file, "server/sync"))).toEqual([]);
    expect(
      breaches([...inside("server/sync"), ...inside("server/egress")], ({ file }) => isIn(file, "server/services", "server/jobs")),
    ).toEqual([]);
  });

  test("4. pages hold no SQL", () => {
    expect(breaches(inside("app"), ({ from, file }) => isIn(file, "db") || isPackage(from, "drizzle-orm", "postgres", "pg"))).toEqual([]);
  });

  test("5. no circles", () => {
    expect(circles(shipped)).toEqual([]);
  });

  test("5. no barrels but the schema's, and all relations in one file", () => {
    const barrels = shipped.filter(({ text }) => {
      const code = withoutComments(text).trim();
      return (
        code !== "" &&
        code.split(/;\s*\n?/).every((statement) => statement.trim() === "" || /^export\s[^=(]*\sfrom\s/.test(statement.trim()))
      );
    });
    expect(barrels.map(({ path }) => path).filter((path) => path !== "db/schema/index.ts")).toEqual([]);
    const relating = inside("db").filter(({ text }) => /\brelations\(/.test(withoutComments(text)));
    expect(relating.length).toBeLessThanOrEqual(1);
  });

  test("the database is entered through one door: pools are opened in db and server/database.ts only", () => {
    const elsewhere = inside("server").filter(
      ({ path }) =>
        path !== "server/database.ts" &&
        !path.startsWith("server/sync/") &&
        !path.startsWith("server/durable/") &&
        !path.startsWith("server/cli/") &&
        !path.startsWith("server/bench/"),
    );
    expect(breaches(elsewhere, ({ from }) => isPackage(from, "postgres", "pg", "pg-copy-streams", "drizzle-orm/postgres-js"))).toEqual([]);
  });
});

describe("how a file reads (STYLE)", () => {
  test("no file has more than 300 lines", () => {
    expect(files.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  test("no file is named after what it is not", () => {
    const vague = files.filter(({ path }) => /(^|\/)(utils?|helpers?|types|misc|common)\.tsx?$/.test(path));
    expect(vague.map(({ path }) => path)).toEqual([]);
  });

  test("names of files are kebab-case", () => {
    const odd = files.filter(({ path }) => !/^[a-z0-9_[\]().-]+\.(ts|tsx|mjs)$/.test(path.split("/").at(-1) ?? ""));
    expect(odd.map(({ path }) => path)).toEqual([]);
  });

  test("default exports only where a tool demands one", () => {
    const demanded =
      /^(app\/.*\/)?(page|layout|template|loading|error|not-found|global-error|default|opengraph-image|icon)\.tsx$|\.config\.(ts|mjs)$|^app\/(page|layout|error|not-found|global-error)\.tsx$|^tests\/support\/cluster\.ts$|^tests\/e2e\/support\/system\.ts$/;
    const found = files.filter(({ path, text }) => /^export default\b|\bas default\b/m.test(withoutComments(text)) && !demanded.test(path));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test("nothing of a roster is ever read as HTML, and no page acts or caches behind our back (T6, T13)", () => {
    const found = shipped.filter(({ text }) =>
      /dangerouslySetInnerHTML|\.innerHTML\s*=|^\s*["']use (server|cache)["']|\beval\(|new Function\(/m.test(withoutComments(text)),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});

/** Every circle of imports that takes a value along, by its files. */
function circles(of: readonly SourceFile[]): string[] {
  const next = new Map(
    of.map((file) => [file.path, file.imports.filter(({ isType }) => !isType).flatMap(({ from }) => resolved(file, from, known) ?? [])]),
  );
  const state = new Map<string, "open" | "done">();
  const found: string[] = [];
  const walk = (path: string, way: readonly string[]): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      found.push([...way.slice(way.indexOf(path)), path].join(" → "));
      return;
    }
    state.set(path, "open");
    for (const to of next.get(path) ?? []) walk(to, [...way, path]);
    state.set(path, "done");
  };
  for (const { path } of of) walk(path, []);
  return found;
}
