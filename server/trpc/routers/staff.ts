import { ChangeStaffRole, changeStaffRole, RemoveStaff, removeStaff } from "@/server/services/staff/change";
import { listStaff } from "@/server/services/staff/list";
import { resetFactor } from "@/server/services/staff/reset-factor";
import { AddStaff, addStaff } from "@/server/services/vendor/add-staff";
import { endView, StartView, startView } from "@/server/services/view-as/start";
import { router, vendorProcedure } from "../init";

/** The vendor's people: who they are, and what each may do. */
export const staffRouter = router({
  list: vendorProcedure("staff:manage").query(() => listStaff()),
  add: vendorProcedure("staff:manage")
    .input(AddStaff)
    .mutation(({ ctx, input }) => addStaff(input, { kind: "staff", accountId: ctx.actor.accountId })),
  changeRole: vendorProcedure("staff:manage")
    .input(ChangeStaffRole)
    .mutation(({ ctx, input }) => changeStaffRole(ctx.actor, input)),
  remove: vendorProcedure("staff:manage")
    .input(RemoveStaff)
    .mutation(({ ctx, input }) => removeStaff(ctx.actor, input)),
  resetFactor: vendorProcedure("staff:manage")
    .input(RemoveStaff)
    .mutation(({ ctx, input }) => resetFactor(ctx.actor, input)),
});

/** Looking at an institution as its people see it. */
export const viewRouter = router({
  start: vendorProcedure("institution:view")
    .input(StartView)
    .mutation(({ ctx, input }) => startView(ctx.actor, input)),
  end: vendorProcedure("institution:view").mutation(({ ctx }) => endView(ctx.actor)),
});
