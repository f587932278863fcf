import { fetchExport } from "@/server/services/data/exports";
import { answerDownload } from "./answer-download";

/** `…/settings/data/export/<id>`: the zip, as long as it is kept. */
export const answerExport = (request: Request, institution: string, id: string): Promise<Response> =>
  answerDownload(request, institution, (actor) => fetchExport(actor, id));
