import { answerBadRows } from "@/server/downloads/run-downloads";

export const dynamic = "force-dynamic";

/** The rows in error of one file, in its own columns, as a file. */
export async function GET(request: Request, { params }: { params: Promise<{ institution: string; environment: string; run: string }> }) {
  return answerBadRows(request, await params);
}
