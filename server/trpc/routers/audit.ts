import { ListAudit, listAudit } from "@/server/services/audit/list";
import { VerifyAudit, verifyAudit } from "@/server/services/audit/verify";
import { institutionProcedure, router } from "../init";

export const auditRouter = router({
  list: institutionProcedure("audit:read")
    .input(ListAudit)
    .query(({ ctx, input }) => listAudit(ctx, input)),
  verify: institutionProcedure("audit:read")
    .input(VerifyAudit)
    .query(({ ctx, input }) => verifyAudit(ctx, input)),
});
