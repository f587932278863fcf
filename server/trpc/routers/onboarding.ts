import { getConnection, OfFeed } from "@/server/services/connections/get";
import { SaveConnection, saveConnection } from "@/server/services/connections/save";
import { CheckDelivery, checkDelivery } from "@/server/services/onboarding/check-delivery";
import { ChooseSource, chooseSource } from "@/server/services/onboarding/choose-source";
import { getSetup } from "@/server/services/onboarding/get-setup";
import { getTimeline, getTimelineForStaff, OfInstitution } from "@/server/services/onboarding/get-timeline";
import { listSources } from "@/server/services/onboarding/list-sources";
import { PlanStep, PlanStepForStaff, planStep, planStepForStaff } from "@/server/services/onboarding/plan-step";
import { institutionProcedure, router, vendorProcedure } from "../init";

export const onboardingRouter = router({
  get: institutionProcedure("institution:read").query(({ ctx }) => getSetup(ctx)),
  sources: institutionProcedure("institution:read").query(({ ctx }) => listSources(ctx)),
  chooseSource: institutionProcedure("feed:manage")
    .input(ChooseSource)
    .mutation(({ ctx, input }) => chooseSource(ctx, input)),
  check: institutionProcedure("delivery:create")
    .input(CheckDelivery)
    .query(({ ctx, input }) => checkDelivery(ctx, input)),
  connection: institutionProcedure("feed:manage")
    .input(OfFeed)
    .query(({ ctx, input }) => getConnection(ctx, input)),
  saveConnection: institutionProcedure("feed:manage")
    .input(SaveConnection)
    .mutation(({ ctx, input }) => saveConnection(ctx, input)),
  timeline: institutionProcedure("institution:read").query(({ ctx }) => getTimeline(ctx)),
  planStep: institutionProcedure("feed:manage")
    .input(PlanStep)
    .mutation(({ ctx, input }) => planStep(ctx, input)),
  /** The same timeline, for the vendor's side. */
  vendorTimeline: vendorProcedure("vendor:read")
    .input(OfInstitution)
    .query(({ input }) => getTimelineForStaff(input)),
  vendorPlanStep: vendorProcedure("institution:care")
    .input(PlanStepForStaff)
    .mutation(({ ctx, input }) => planStepForStaff(ctx.actor, input)),
});
