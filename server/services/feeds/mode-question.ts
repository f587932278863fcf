import type { Transaction } from "@/db/client";
import type { feeds } from "@/db/schema";
import type { ReportFile } from "@/server/services/runs/report";
import { settingsOf } from "./settings";

/** The files of a run whose mode could not be told and which the feed has no word about yet; null when there is nothing to ask. */
export async function unansweredFiles(
  tx: Transaction,
  feed: typeof feeds.$inferSelect,
  files: readonly ReportFile[],
): Promise<{ files: readonly string[] } | null> {
  const undecided = files.filter((file) => file.mode === "undecided").map((file) => file.name);
  if (undecided.length === 0) return null;
  const { reading } = await settingsOf(tx, { institutionId: feed.institutionId, feedId: feed.id, version: feed.draftVersion });
  const open = undecided.filter((name) => reading.modes[name] === undefined && reading.modes["*"] === undefined);
  return open.length === 0 ? null : { files: [...new Set(open)] };
}
