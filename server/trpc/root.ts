import { router } from "./init";
import { sessionRouter } from "./routers/session";

/** Every procedure that there is, by noun. */
export const appRouter = router({
  session: sessionRouter,
});

export type AppRouter = typeof appRouter;
