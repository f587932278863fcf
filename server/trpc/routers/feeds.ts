import { CreateFeed, createFeed } from "@/server/services/feeds/create";
import { listFeeds } from "@/server/services/feeds/list";
import { SetMode, setMode } from "@/server/services/feeds/set-mode";
import { SetReading, setReading } from "@/server/services/feeds/set-reading";
import { institutionProcedure, router } from "../init";

export const feedsRouter = router({
  list: institutionProcedure("institution:read").query(({ ctx }) => listFeeds(ctx)),
  create: institutionProcedure("feed:manage")
    .input(CreateFeed)
    .mutation(({ ctx, input }) => createFeed(ctx, input)),
  setMode: institutionProcedure("feed:manage")
    .input(SetMode)
    .mutation(({ ctx, input }) => setMode(ctx, input)),
  setReading: institutionProcedure("feed:manage")
    .input(SetReading)
    .mutation(({ ctx, input }) => setReading(ctx, input)),
});
