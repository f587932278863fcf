import { router } from "./init";
import { changesRouter } from "./routers/changes";
import { deliveriesRouter } from "./routers/deliveries";
import { feedsRouter } from "./routers/feeds";
import { institutionsRouter } from "./routers/institutions";
import { issuesRouter } from "./routers/issues";
import { membersRouter } from "./routers/members";
import { rosterRouter } from "./routers/roster";
import { runsRouter } from "./routers/runs";
import { secondFactorRouter } from "./routers/second-factor";
import { sessionRouter } from "./routers/session";
import { signInRouter } from "./routers/sign-in";
import { vendorRouter } from "./routers/vendor";

/** Every procedure that there is, by noun. */
export const appRouter = router({
  changes: changesRouter,
  deliveries: deliveriesRouter,
  feeds: feedsRouter,
  institutions: institutionsRouter,
  issues: issuesRouter,
  members: membersRouter,
  roster: rosterRouter,
  runs: runsRouter,
  secondFactor: secondFactorRouter,
  session: sessionRouter,
  signIn: signInRouter,
  vendor: vendorRouter,
});

export type AppRouter = typeof appRouter;
