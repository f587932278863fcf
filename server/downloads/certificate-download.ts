import { readCertificate } from "@/server/services/data/decide-deletion";

/** `/certificate/<token>/file`: the link is what lets in, and there is no person in the file. */
export async function answerCertificate(token: string): Promise<Response> {
  const headers = { "cache-control": "private, no-store", "x-content-type-options": "nosniff" };
  const certificate = await readCertificate(token.slice(0, 100));
  if (certificate === null) return new Response("There is no such certificate\n", { status: 404, headers });
  const name = `certificate-${certificate.says.institution.slug}.json`;
  return new Response(certificate.file, {
    headers: { ...headers, "content-type": "application/json", "content-disposition": `attachment; filename="${name}"` },
  });
}
