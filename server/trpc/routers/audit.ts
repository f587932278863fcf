import { ListAudit, listAudit } from "@/server/services/audit/list";
import { verifyAudit } from "@/server/services/audit/verify";
import { institutionProcedure, router } from "../init";

export const auditRouter = router({
  list: institutionProcedure("audit:read")
    .input(ListAudit)
    .query(({ ctx, input }) => listAudit(ctx, input)),
  verify: institutionProcedure("audit:read").query(({ ctx }) => verifyAudit(ctx)),
});
