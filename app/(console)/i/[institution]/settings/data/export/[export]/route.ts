import { answerExport } from "@/server/downloads/export-download";

export const dynamic = "force-dynamic";

/** Everything of the institution as one file, for its owners. */
export async function GET(request: Request, { params }: { params: Promise<{ institution: string; export: string }> }) {
  const { institution, export: id } = await params;
  return answerExport(request, institution, id);
}
