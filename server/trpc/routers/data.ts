import { getRetention } from "@/server/services/data/get";
import { previewRetention, SetRetention, setRetention } from "@/server/services/data/set-retention";
import { institutionProcedure, router } from "../init";

/** How long an institution's data live, and how they end. */
export const dataRouter = router({
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
