import type { z } from "zod";
import { AppError } from "@/server/errors";
import { DownloadChanges, downloadChanges } from "@/server/services/changes/download";
import { BadRows, badRows } from "@/server/services/issues/bad-rows";
import { DownloadLog, downloadLog } from "@/server/services/overview/download-log";
import { answerCsv } from "./answer-csv";

/** The words of the address, as they came. */
export interface RunAddress {
  readonly institution: string;
  readonly environment: string;
  readonly run: string;
}

/** `…/actions.csv?entity=&person=&action=&school=&text=&show=`: what the list of the same address shows. */
export const answerActions = (request: Request, at: RunAddress): Promise<Response> =>
  answerCsv(request, at.institution, async (actor) => downloadChanges(actor, given(request, at, { shape: DownloadChanges })));

/** `…/bad-rows.csv?file=users.csv&entity=&school=`; an empty school asks for rows of none. */
export const answerBadRows = (request: Request, at: RunAddress): Promise<Response> =>
  answerCsv(request, at.institution, async (actor) => badRows(actor, given(request, at, { shape: BadRows, mayBeEmpty: "school" })));

/** `…/log.csv?code=`: the warnings of the run. */
export const answerLog = (request: Request, at: RunAddress): Promise<Response> =>
  answerCsv(request, at.institution, async (actor) => downloadLog(actor, given(request, at, { shape: DownloadLog })));

/** An address that no page of ours makes is an address of nothing. */
function given<T>(request: Request, at: RunAddress, { shape, mayBeEmpty }: { shape: z.ZodType<T>; mayBeEmpty?: string }): T {
  const asked = Object.fromEntries([...new URL(request.url).searchParams].filter(([name, value]) => value !== "" || name === mayBeEmpty));
  const parsed = shape.safeParse({ ...asked, environment: at.environment, run: Number(at.run) });
  if (!parsed.success) throw new AppError("NOT_FOUND", "There is no such download");
  return parsed.data;
}
