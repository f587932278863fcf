import { AppError } from "@/server/errors";
import { AuditFilter } from "@/server/services/audit/entry";
import { exportAudit } from "@/server/services/audit/export";
import { answerCsv } from "./answer-csv";

/** `…/audit.csv?who=&actor=&noun=&from=&to=`: what the page of the same address lists, all of it, with the hashes. */
export const answerAudit = (request: Request, institution: string): Promise<Response> =>
  answerCsv(request, institution, async (actor) => {
    const asked = Object.fromEntries([...new URL(request.url).searchParams].filter(([, value]) => value !== ""));
    const filter = AuditFilter.safeParse(asked);
    if (!filter.success) throw new AppError("NOT_FOUND", "There is no such download");
    return exportAudit(actor, filter.data);
  });
