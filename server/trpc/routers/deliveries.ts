import { z } from "zod";
import { BeginInput, beginDelivery } from "@/server/services/deliveries/begin";
import { cancelDelivery } from "@/server/services/deliveries/cancel";
import { finishDelivery } from "@/server/services/deliveries/finish";
import { getDelivery } from "@/server/services/deliveries/get";
import { institutionProcedure, router } from "../init";

const One = z.object({ delivery: z.uuid() });

export const deliveriesRouter = router({
  begin: institutionProcedure("delivery:create")
    .input(BeginInput)
    .mutation(({ ctx, input }) => beginDelivery(ctx, input)),
  finish: institutionProcedure("delivery:create")
    .input(One)
    .mutation(({ ctx, input }) => finishDelivery(ctx, input)),
  cancel: institutionProcedure("delivery:create")
    .input(One)
    .mutation(({ ctx, input }) => cancelDelivery(ctx, input)),
  get: institutionProcedure("run:read")
    .input(One)
    .query(({ ctx, input }) => getDelivery(ctx, input)),
});
