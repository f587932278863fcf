import { listRemovals } from "@/server/services/data/removals";
import { getOverview } from "@/server/services/overview/get";
import { ListLog, listLog } from "@/server/services/overview/list-log";
import { EnvironmentPlace } from "@/server/services/runs/place";
import { institutionProcedure, router } from "../init";

export const overviewRouter = router({
  get: institutionProcedure("roster:read")
    .input(EnvironmentPlace)
    .query(({ ctx, input }) => getOverview(ctx, input)),
  log: institutionProcedure("issue:read")
    .input(ListLog)
    .query(({ ctx, input }) => listLog(ctx, input)),
  removals: institutionProcedure("issue:read").query(({ ctx }) => listRemovals(ctx)),
});
