import { z } from "zod";
import { readCertificate } from "@/server/services/data/decide-deletion";
import { cancelDeletion, getDeletion, RequestDeletion, requestDeletion } from "@/server/services/data/deletion";
import { listExports, requestExport } from "@/server/services/data/exports";
import { getRetention } from "@/server/services/data/get";
import { previewRetention, SetRetention, setRetention } from "@/server/services/data/set-retention";
import { institutionProcedure, publicProcedure, router } from "../init";

/** How long an institution's data live, and how they end. */
export const dataRouter = router({
  /** The certificate to which a link leads. */
  certificate: publicProcedure.input(z.object({ token: z.string().min(1).max(100) })).query(({ input }) => readCertificate(input.token)),
  deletion: router({
    get: institutionProcedure("data:read").query(({ ctx }) => getDeletion(ctx)),
    request: institutionProcedure("data:manage")
      .input(RequestDeletion)
      .mutation(({ ctx, input }) => requestDeletion(ctx, input)),
    cancel: institutionProcedure("data:manage").mutation(({ ctx }) => cancelDeletion(ctx)),
  }),
  exports: router({
    list: institutionProcedure("data:manage").query(({ ctx }) => listExports(ctx)),
    request: institutionProcedure("data:manage").mutation(({ ctx }) => requestExport(ctx)),
  }),
  retention: router({
    get: institutionProcedure("data:read").query(({ ctx }) => getRetention(ctx)),
    preview: institutionProcedure("data:read")
      .input(SetRetention)
      .query(({ ctx, input }) => previewRetention(ctx, input)),
    set: institutionProcedure("data:manage")
      .input(SetRetention)
      .mutation(({ ctx, input }) => setRetention(ctx, input)),
  }),
});
