import { ChangeRole, changeRole } from "@/server/services/members/change-role";
import { listMembers } from "@/server/services/members/list";
import { RemoveMember, removeMember } from "@/server/services/members/remove";
import { institutionProcedure, router } from "../init";

export const membersRouter = router({
  list: institutionProcedure("institution:read").query(({ ctx }) => listMembers(ctx)),
  changeRole: institutionProcedure("member:manage")
    .input(ChangeRole)
    .mutation(({ ctx, input }) => changeRole(ctx, input)),
  remove: institutionProcedure("member:manage")
    .input(RemoveMember)
    .mutation(({ ctx, input }) => removeMember(ctx, input)),
});
