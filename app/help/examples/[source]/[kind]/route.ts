import { answerExample } from "@/server/downloads/answer-example";

export const dynamic = "force-dynamic";

/** Templates or a made-up district to look at, as a zip. */
export async function GET(_request: Request, { params }: { params: Promise<{ source: string; kind: string }> }) {
  return answerExample(await params);
}
