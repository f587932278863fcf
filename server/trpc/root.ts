import { router } from "./init";
import { deliveriesRouter } from "./routers/deliveries";
import { institutionsRouter } from "./routers/institutions";
import { membersRouter } from "./routers/members";
import { sessionRouter } from "./routers/session";
import { signInRouter } from "./routers/sign-in";
import { vendorRouter } from "./routers/vendor";

/** Every procedure that there is, by noun. */
export const appRouter = router({
  deliveries: deliveriesRouter,
  institutions: institutionsRouter,
  members: membersRouter,
  session: sessionRouter,
  signIn: signInRouter,
  vendor: vendorRouter,
});

export type AppRouter = typeof appRouter;
