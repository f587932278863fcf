import { listMembers } from "@/server/services/members/list";
import { institutionProcedure, router } from "../init";

export const membersRouter = router({
  list: institutionProcedure("institution:read").query(({ ctx }) => listMembers(ctx)),
});
