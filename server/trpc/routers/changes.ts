import { ChooseChanges, chooseChanges } from "@/server/services/changes/choose";
import { ListChanges, listChanges } from "@/server/services/changes/list";
import { summarizeChanges } from "@/server/services/changes/summary";
import { UndoChoice, undoChoices } from "@/server/services/changes/undo";
import { RunPlace } from "@/server/services/runs/place";
import { institutionProcedure, router } from "../init";

export const changesRouter = router({
  list: institutionProcedure("run:read")
    .input(ListChanges)
    .query(({ ctx, input }) => listChanges(ctx, input)),
  summary: institutionProcedure("run:read")
    .input(RunPlace)
    .query(({ ctx, input }) => summarizeChanges(ctx, input)),
  choose: institutionProcedure("run:choose")
    .input(ChooseChanges)
    .mutation(({ ctx, input }) => chooseChanges(ctx, input)),
  undo: institutionProcedure("run:choose")
    .input(UndoChoice)
    .mutation(({ ctx, input }) => undoChoices(ctx, input)),
});
