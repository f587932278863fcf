import { answerAudit } from "@/server/downloads/audit-download";

export const dynamic = "force-dynamic";

/** The audit as a file. */
export async function GET(request: Request, { params }: { params: Promise<{ institution: string }> }) {
  return answerAudit(request, (await params).institution);
}
