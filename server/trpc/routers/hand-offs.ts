import { z } from "zod";
import { BeginHandOff, beginHandOff } from "@/server/services/hand-offs/begin";
import { cancelHandOff } from "@/server/services/hand-offs/cancel";
import { CreateHandOff, createHandOff } from "@/server/services/hand-offs/create";
import { endHandOff, OneHandOff } from "@/server/services/hand-offs/end";
import { EnterHandOff, enterHandOff } from "@/server/services/hand-offs/enter";
import { finishHandOff } from "@/server/services/hand-offs/finish";
import { getHandOff } from "@/server/services/hand-offs/get";
import { listHandOffs } from "@/server/services/hand-offs/list";
import { handOffProcedure, institutionProcedure, router } from "../init";

export const handOffsRouter = router({
  create: institutionProcedure("feed:manage")
    .input(CreateHandOff)
    .mutation(({ ctx, input }) => createHandOff(ctx, input)),
  list: institutionProcedure("feed:manage").query(({ ctx }) => listHandOffs(ctx)),
  end: institutionProcedure("feed:manage")
    .input(OneHandOff)
    .mutation(({ ctx, input }) => endHandOff(ctx, input)),
  /** What the colleague does, with the link alone. */
  step: router({
    get: handOffProcedure.query(({ ctx }) => getHandOff(ctx.holder)),
    enter: handOffProcedure.input(z.object(EnterHandOff.shape)).mutation(({ ctx, input }) => enterHandOff(ctx.holder, input)),
    begin: handOffProcedure.input(z.object(BeginHandOff.shape)).mutation(({ ctx, input }) => beginHandOff(ctx.holder, input)),
    finish: handOffProcedure.mutation(({ ctx }) => finishHandOff(ctx.holder)),
    cancel: handOffProcedure.mutation(({ ctx }) => cancelHandOff(ctx.holder)),
  }),
});
