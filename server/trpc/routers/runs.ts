import { cancelRun } from "@/server/services/runs/cancel";
import { CommitRun, commitRun } from "@/server/services/runs/commit";
import { DiscardRun, discardRun } from "@/server/services/runs/discard";
import { getRun } from "@/server/services/runs/get";
import { ListRuns, listRuns } from "@/server/services/runs/list";
import { OverrideRun, overrideRun } from "@/server/services/runs/override";
import { RunPlace } from "@/server/services/runs/place";
import { runProgressOf } from "@/server/services/runs/progress";
import { StartRun, startRun } from "@/server/services/runs/start";
import { UndoRun, undoRun } from "@/server/services/runs/undo";
import { institutionProcedure, router } from "../init";

export const runsRouter = router({
  start: institutionProcedure("run:start")
    .input(StartRun)
    .mutation(({ ctx, input }) => startRun(ctx, input)),
  list: institutionProcedure("run:read")
    .input(ListRuns)
    .query(({ ctx, input }) => listRuns(ctx, input)),
  get: institutionProcedure("run:read")
    .input(RunPlace)
    .query(({ ctx, input }) => getRun(ctx, input)),
  progress: institutionProcedure("run:read")
    .input(RunPlace)
    .query(({ ctx, input }) => runProgressOf(ctx, input)),
  commit: institutionProcedure("run:commit")
    .input(CommitRun)
    .mutation(({ ctx, input }) => commitRun(ctx, input)),
  discard: institutionProcedure("run:discard")
    .input(DiscardRun)
    .mutation(({ ctx, input }) => discardRun(ctx, input)),
  cancel: institutionProcedure("run:discard")
    .input(RunPlace)
    .mutation(({ ctx, input }) => cancelRun(ctx, input)),
  undo: institutionProcedure("run:commit")
    .input(UndoRun)
    .mutation(({ ctx, input }) => undoRun(ctx, input)),
  override: institutionProcedure("run:override")
    .input(OverrideRun)
    .mutation(({ ctx, input }) => overrideRun(ctx, input)),
});
