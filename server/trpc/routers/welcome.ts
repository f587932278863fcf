import { RunPlace } from "@/server/services/runs/place";
import { cancelWelcome, pauseWelcome, ReleaseWelcome, releaseWelcome, resumeWelcome } from "@/server/services/welcome/decide";
import { getWelcome } from "@/server/services/welcome/get";
import { ListWelcome, listWelcome } from "@/server/services/welcome/list";
import { getWelcomeOfRun } from "@/server/services/welcome/of-run";
import { previewWelcome } from "@/server/services/welcome/preview";
import { saveWelcome } from "@/server/services/welcome/save";
import { WelcomeSettings, WelcomeWordsInput } from "@/server/services/welcome/settings";
import { institutionProcedure, router } from "../init";

export const welcomeRouter = router({
  get: institutionProcedure("institution:read").query(({ ctx }) => getWelcome(ctx)),
  preview: institutionProcedure("institution:read")
    .input(WelcomeWordsInput)
    .query(({ ctx, input }) => previewWelcome(ctx, input)),
  save: institutionProcedure("feed:manage")
    .input(WelcomeSettings)
    .mutation(({ ctx, input }) => saveWelcome(ctx, input)),
  ofRun: institutionProcedure("run:read")
    .input(RunPlace)
    .query(({ ctx, input }) => getWelcomeOfRun(ctx, input)),
  list: institutionProcedure("roster:read")
    .input(ListWelcome)
    .query(({ ctx, input }) => listWelcome(ctx, input)),
  pause: institutionProcedure("run:commit")
    .input(RunPlace)
    .mutation(({ ctx, input }) => pauseWelcome(ctx, input)),
  resume: institutionProcedure("run:commit")
    .input(RunPlace)
    .mutation(({ ctx, input }) => resumeWelcome(ctx, input)),
  release: institutionProcedure("run:override")
    .input(ReleaseWelcome)
    .mutation(({ ctx, input }) => releaseWelcome(ctx, input)),
  cancel: institutionProcedure("run:commit")
    .input(RunPlace)
    .mutation(({ ctx, input }) => cancelWelcome(ctx, input)),
});
