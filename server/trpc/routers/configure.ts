import { DisableFeed, disableFeed, EnableFeed, enableFeed } from "@/server/services/configure/disable";
import { getConfigure } from "@/server/services/configure/get";
import { ChosenOptions } from "@/server/services/configure/options";
import { saveOptions } from "@/server/services/configure/save";
import { tryOptions } from "@/server/services/configure/try";
import { institutionProcedure, router } from "../init";

export const configureRouter = router({
  get: institutionProcedure("institution:read").query(({ ctx }) => getConfigure(ctx)),
  save: institutionProcedure("feed:manage")
    .input(ChosenOptions)
    .mutation(({ ctx, input }) => saveOptions(ctx, input)),
  try: institutionProcedure("feed:manage")
    .input(ChosenOptions)
    .mutation(({ ctx, input }) => tryOptions(ctx, input)),
  disable: institutionProcedure("feed:manage")
    .input(DisableFeed)
    .mutation(({ ctx, input }) => disableFeed(ctx, input)),
  enable: institutionProcedure("feed:manage")
    .input(EnableFeed)
    .mutation(({ ctx, input }) => enableFeed(ctx, input)),
});
