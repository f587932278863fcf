import { answerLog } from "@/server/downloads/run-downloads";

export const dynamic = "force-dynamic";

/** The warnings as a file. */
export async function GET(request: Request, { params }: { params: Promise<{ institution: string; environment: string; run: string }> }) {
  return answerLog(request, await params);
}
