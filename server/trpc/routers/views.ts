import { listViews } from "@/server/services/view-as/list";
import { institutionProcedure, router } from "../init";

/** What an institution is told of the vendor's people who looked at it. */
export const viewsRouter = router({
  list: institutionProcedure("institution:read").query(({ ctx }) => listViews(ctx)),
});
