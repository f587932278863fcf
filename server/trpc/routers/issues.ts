import { ListIssues, listIssues } from "@/server/services/issues/list";
import { institutionProcedure, router } from "../init";

export const issuesRouter = router({
  list: institutionProcedure("issue:read")
    .input(ListIssues)
    .query(({ ctx, input }) => listIssues(ctx, input)),
});
