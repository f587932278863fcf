import type { TenantActor } from "@/server/auth/actor";
import { answerDownload } from "./answer-download";

/** A CSV that is made while it is sent. */
export interface CsvDownload {
  readonly fileName: string;
  /** Whole lines, in any number to a chunk. */
  readonly lines: AsyncIterable<string>;
}

/** Answers with a CSV, as every download is answered. */
export const answerCsv = (request: Request, institution: string, make: (actor: TenantActor) => Promise<CsvDownload>): Promise<Response> =>
  answerDownload(request, institution, async (actor) => {
    const { fileName, lines } = await make(actor);
    return { fileName, type: "text/csv; charset=utf-8", content: marked(lines) };
  });

/** Excel takes a file for UTF-8 only by this mark. */
const MARK = "\ufeff";

async function* marked(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let isFirst = true;
  for await (const chunk of lines) {
    yield encoder.encode(isFirst ? MARK + chunk : chunk);
    isFirst = false;
  }
}
