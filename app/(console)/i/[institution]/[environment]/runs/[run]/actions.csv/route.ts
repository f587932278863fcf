import { answerActions } from "@/server/downloads/run-downloads";

export const dynamic = "force-dynamic";

/** The action list as a file. */
export async function GET(request: Request, { params }: { params: Promise<{ institution: string; environment: string; run: string }> }) {
  return answerActions(request, await params);
}
