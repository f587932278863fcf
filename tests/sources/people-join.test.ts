import fc from "fast-check";
import { expect, test } from "vitest";
import { openCsv } from "@/server/sources/lib/csv-file";
import { type FileColumn, fileColumns, roleColumns } from "@/server/sources/oneroster-csv/columns";
import { type Header, readHeader } from "@/server/sources/oneroster-csv/header";
import type { OpenedFile } from "@/server/sources/oneroster-csv/reader";
import { usersReaders } from "@/server/sources/oneroster-csv/users-1-2";
import { memoryFile, memorySpool, readAll } from "./in-memory";

async function opened(name: string, text: string, columns: readonly FileColumn[]): Promise<OpenedFile> {
  let header: Header | null = null;
  const watch = (cells: readonly string[]) => {
    header = readHeader(cells, columns, { file: name, entity: "users" }).header;
    return () => {};
  };
  const csv = await openCsv(memoryFile(name, text), { encoding: null, spool: memorySpool, watch });
  if (header === null) throw new Error("no header");
  return { entity: "users", name, csv, header, columns, mode: "delta", saidDelta: false };
}

const person = fc.integer({ min: 0, max: 30 });
const roles = fc.array(fc.tuple(person, fc.constantFrom("student", "teacher", "aide")), { minLength: 1, maxLength: 40 });

test("however little memory the join may use, people, roles and their hashes are the same", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(person, { minLength: 1 }),
      roles,
      fc.integer({ min: 1, max: 600 }),
      async (people, given, stretchBytes) => {
        const users = await opened(
          "users.csv",
          `sourcedId,enabledUser,username,givenName,familyName\n${people.map((key) => `u${key},true,l${key},G${key},F\n`).join("")}`,
          fileColumns("users", { version: "1.2", dateOrder: "MDY" }),
        );
        const listed = await opened(
          "roles.csv",
          `sourcedId,userSourcedId,roleType,role,orgSourcedId\n${given.map(([key, role], index) => `r${index},u${key},primary,${role},s1\n`).join("")}`,
          roleColumns("MDY"),
        );
        const read = async (bytes: number) => {
          const readers = await usersReaders(
            { users, roles: listed, profiles: undefined },
            { spool: memorySpool, options: [], stretchBytes: bytes },
          );
          const [all] = await Promise.all(readers.map(readAll));
          expect(readers).toHaveLength(1);
          return {
            joined: all?.rows.filter((row) => row.partial === undefined),
            alone: all?.rows.filter((row) => row.partial !== undefined).toSorted((a, b) => b.line - a.line) ?? [],
            issues: all?.issues,
          };
        };
        const [little, enough] = [await read(stretchBytes), await read(1_000_000)];
        expect(little).toEqual(enough);
        expect(enough.joined?.map(({ sourceKey }) => sourceKey)).toEqual(people.map((key) => `u${key}`));
        const strangers = new Set(given.map(([key]) => key).filter((key) => !people.includes(key)));
        expect(new Set(enough.alone.map(({ sourceKey }) => sourceKey))).toEqual(new Set([...strangers].map((key) => `u${key}`)));
        expect(enough.alone).toHaveLength(strangers.size);
      },
    ),
    { numRuns: 60 },
  );
});
