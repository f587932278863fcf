import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ZipArchive } from "archiver";
import type { TenantActor } from "@/server/auth/actor";
import { dataPlace } from "@/server/secrets";
import { beginDelivery } from "@/server/services/deliveries/begin";
import { finishDelivery } from "@/server/services/deliveries/finish";
import { receiveFile } from "@/server/services/deliveries/receive";
import type { TestDatabase } from "../support/database";

export interface TestFile {
  readonly name: string;
  readonly content: Buffer | string;
}

/** A feed of an institution, made where the scene is set. */
export async function createFeed(db: TestDatabase, institutionId: number, name = "SIS"): Promise<number> {
  const [made] = await db.administrator<{ id: number }[]>`
    insert into feeds (institution_id, name, source) values (${institutionId}, ${name}, 'oneroster-csv') returning id`;
  if (made === undefined) throw new Error("No feed was made");
  return made.id;
}

/** A delivery that arrives as a person's upload does, by the same verbs. */
export async function deliver(actor: TenantActor, what: { feed: number; files: readonly TestFile[] }) {
  const files = what.files.map((file) => ({ name: file.name, content: Buffer.from(file.content) }));
  const begun = await beginDelivery(actor, { feed: what.feed, files: files.map(({ name, content }) => ({ name, bytes: content.length })) });
  for (const { name, content } of files) await receiveFile(actor, { delivery: begun.delivery, name, chunks: inChunks(content) });
  return finishDelivery(actor, { delivery: begun.delivery });
}

export async function* inChunks(content: Buffer, bytes = 1000): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += bytes) yield content.subarray(at, at + bytes);
}

export async function zipped(files: readonly TestFile[]): Promise<Buffer> {
  const archive = new ZipArchive({});
  for (const file of files) archive.append(file.content, { name: file.name });
  void archive.finalize();
  const parts: Buffer[] = [];
  for await (const part of archive) parts.push(part);
  return Buffer.concat(parts);
}

/** Paths, below the data folder, of files that hold one of the words; and of all files. */
export async function searchData(words: readonly string[]): Promise<{ found: string[]; all: string[] }> {
  const entries = await readdir(dataPlace(), { recursive: true, withFileTypes: true });
  const all = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found: string[] = [];
  for (const path of all) {
    const content = await readFile(path);
    if (words.some((word) => content.includes(word))) found.push(path);
  }
  return { found, all };
}
