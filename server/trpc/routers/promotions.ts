import {
  CommentPromotion,
  ConfirmLive,
  commentPromotion,
  confirmLive,
  WithdrawPromotion,
  withdrawPromotion,
} from "@/server/services/promotions/answer";
import { ApprovalPlace, getApproval } from "@/server/services/promotions/approval";
import { ConfirmPromotion, confirmPromotion, requestPromotion } from "@/server/services/promotions/confirm";
import {
  ApprovePromotion,
  approvePromotion,
  askChanges,
  RefusePromotion,
  rejectPromotion,
  SayToInstitution,
  sayToInstitution,
} from "@/server/services/promotions/decide";
import { getPromotion } from "@/server/services/promotions/get";
import { queuedPromotions } from "@/server/services/promotions/queue";
import { resumeProduction } from "@/server/services/promotions/resume";
import { SamplePromotion, samplePromotion } from "@/server/services/promotions/samples";
import { institutionProcedure, router, vendorProcedure } from "../init";

/** The institution's side. */
export const promotionsRouter = router({
  get: institutionProcedure("run:read").query(({ ctx }) => getPromotion(ctx)),
  confirm: institutionProcedure("promotion:request")
    .input(ConfirmPromotion)
    .mutation(({ ctx, input }) => confirmPromotion(ctx, input)),
  request: institutionProcedure("promotion:request")
    .input(ConfirmPromotion)
    .mutation(({ ctx, input }) => requestPromotion(ctx, input)),
  withdraw: institutionProcedure("promotion:request")
    .input(WithdrawPromotion)
    .mutation(({ ctx, input }) => withdrawPromotion(ctx, input)),
  comment: institutionProcedure("promotion:request")
    .input(CommentPromotion)
    .mutation(({ ctx, input }) => commentPromotion(ctx, input)),
  confirmLive: institutionProcedure("promotion:request")
    .input(ConfirmLive)
    .mutation(({ ctx, input }) => confirmLive(ctx, input)),
  resume: institutionProcedure("promotion:request").mutation(({ ctx }) => resumeProduction(ctx)),
});

/** The vendor's side. */
export const approvalsRouter = router({
  queue: vendorProcedure("vendor:read").query(() => queuedPromotions()),
  get: vendorProcedure("vendor:read")
    .input(ApprovalPlace)
    .query(({ ctx, input }) => getApproval(ctx.actor, input)),
  samples: vendorProcedure("promotion:decide")
    .input(SamplePromotion)
    .mutation(({ ctx, input }) => samplePromotion(ctx.actor, input)),
  approve: vendorProcedure("promotion:decide")
    .input(ApprovePromotion)
    .mutation(({ ctx, input }) => approvePromotion(ctx.actor, input)),
  askChanges: vendorProcedure("promotion:decide")
    .input(RefusePromotion)
    .mutation(({ ctx, input }) => askChanges(ctx.actor, input)),
  reject: vendorProcedure("promotion:decide")
    .input(RefusePromotion)
    .mutation(({ ctx, input }) => rejectPromotion(ctx.actor, input)),
  comment: vendorProcedure("promotion:decide")
    .input(SayToInstitution)
    .mutation(({ ctx, input }) => sayToInstitution(ctx.actor, input)),
});
