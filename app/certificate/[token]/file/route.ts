import { answerCertificate } from "@/server/downloads/certificate-download";

export const dynamic = "force-dynamic";

/** The signed certificate as a file, for whoever has the link. */
export async function GET(_request: Request, { params }: { params: Promise<{ token: string }> }) {
  return answerCertificate((await params).token);
}
