import { countRoster } from "@/server/services/roster/counts";
import { GetRecord, getRecord } from "@/server/services/roster/get";
import { ListRoster, listRoster } from "@/server/services/roster/list";
import { listSchools } from "@/server/services/roster/schools";
import { EnvironmentPlace } from "@/server/services/runs/place";
import { institutionProcedure, router } from "../init";

export const rosterRouter = router({
  counts: institutionProcedure("roster:read")
    .input(EnvironmentPlace)
    .query(({ ctx, input }) => countRoster(ctx, input)),
  list: institutionProcedure("roster:read")
    .input(ListRoster)
    .query(({ ctx, input }) => listRoster(ctx, input)),
  get: institutionProcedure("roster:read")
    .input(GetRecord)
    .query(({ ctx, input }) => getRecord(ctx, input)),
  schools: institutionProcedure("roster:read")
    .input(EnvironmentPlace)
    .query(({ ctx, input }) => listSchools(ctx, input)),
});
