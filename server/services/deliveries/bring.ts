import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { TenantActor } from "@/server/auth/actor";
import { beginDelivery } from "./begin";
import { type FinishedDelivery, finishDelivery } from "./finish";
import { receiveFile } from "./receive";

/** Brings files of this machine in as a delivery, by the same verbs and limits as an upload. For the command. */
export async function bringDelivery(actor: TenantActor, what: { feed: number; paths: readonly string[] }): Promise<FinishedDelivery> {
  const files = await Promise.all(what.paths.map(async (path) => ({ path, name: basename(path), bytes: (await stat(path)).size })));
  const { delivery } = await beginDelivery(actor, { feed: what.feed, files: files.map(({ name, bytes }) => ({ name, bytes })) });
  for (const { path, name } of files)
    await receiveFile(actor, { delivery, name, chunks: createReadStream(path, { highWaterMark: 1024 * 1024 }) });
  return await finishDelivery(actor, { delivery });
}
