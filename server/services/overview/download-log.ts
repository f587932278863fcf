import { z } from "zod";
import { authorize, type TenantActor } from "@/server/auth/actor";
import type { CsvDownload } from "@/server/downloads/answer-csv";
import { csvLine } from "@/server/downloads/csv-line";
import { AppError } from "@/server/errors";
import { isIssueCode } from "@/server/roster/issue-codes";
import { RunPlace } from "@/server/services/runs/place";
import { type Log, type LogLine, listLog } from "./list-log";

export const DownloadLog = RunPlace.extend({ code: z.string().max(60).refine(isIssueCode).optional() });

const HEADER = ["code", "action", "type", "source key", "name", "place", "column", "seen", "what was found"];
/** So many warnings are read at a time, each lot in a transaction of its own. */
const LOT = 500;

/** The warnings of a run as a CSV: of one code, or of all, the most frequent code first. Throws NOT_FOUND. */
export async function downloadLog(actor: TenantActor, raw: z.input<typeof DownloadLog>): Promise<CsvDownload> {
  authorize(actor, "issue:read");
  const { code, ...at } = DownloadLog.parse(raw);
  const { groups } = await listLog(actor, at);
  const codes = groups.map((group) => group.code).filter((one) => code === undefined || one === code);
  if (codes.length === 0) throw new AppError("NOT_FOUND", "There is no such warning here");
  return { fileName: `run-${at.run}-log.csv`, lines: linesOf(actor, at, codes) };
}

async function* linesOf(actor: TenantActor, at: z.infer<typeof RunPlace>, codes: readonly string[]): AsyncGenerator<string> {
  yield csvLine(HEADER);
  for (const code of codes) {
    let page: Log = await listLog(actor, { ...at, code, limit: LOT });
    yield linesOfPage(code, page);
    while (page.nextCursor !== null) {
      page = await listLog(actor, { ...at, code, after: page.nextCursor, limit: LOT });
      yield linesOfPage(code, page);
    }
  }
}

const linesOfPage = (code: string, page: Log): string => page.rows.map((row) => lineOf(code, row)).join("");

const lineOf = (code: string, row: LogLine): string =>
  csvLine([code, row.action ?? "none", row.entity, row.sourceKey, row.name, row.at, row.column, row.seen, row.detail]);
