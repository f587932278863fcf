import { router } from "./init";
import { auditRouter } from "./routers/audit";
import { changesRouter } from "./routers/changes";
import { configureRouter } from "./routers/configure";
import { dataRouter } from "./routers/data";
import { deliveriesRouter } from "./routers/deliveries";
import { feedsRouter } from "./routers/feeds";
import { handOffsRouter } from "./routers/hand-offs";
import { institutionsRouter } from "./routers/institutions";
import { invitationsRouter } from "./routers/invitations";
import { issuesRouter } from "./routers/issues";
import { membersRouter } from "./routers/members";
import { notificationsRouter } from "./routers/notifications";
import { onboardingRouter } from "./routers/onboarding";
import { organizationsRouter } from "./routers/organizations";
import { overviewRouter } from "./routers/overview";
import { promotionsRouter } from "./routers/promotions";
import { rosterRouter } from "./routers/roster";
import { runsRouter } from "./routers/runs";
import { secondFactorRouter } from "./routers/second-factor";
import { secretsRouter } from "./routers/secrets";
import { sessionRouter } from "./routers/session";
import { signInRouter } from "./routers/sign-in";
import { signUpRouter } from "./routers/sign-up";
import { vendorRouter } from "./routers/vendor";
import { viewsRouter } from "./routers/views";
import { welcomeRouter } from "./routers/welcome";

/** Every procedure that there is, by noun. */
export const appRouter = router({
  audit: auditRouter,
  changes: changesRouter,
  configure: configureRouter,
  data: dataRouter,
  deliveries: deliveriesRouter,
  feeds: feedsRouter,
  handOffs: handOffsRouter,
  institutions: institutionsRouter,
  invitations: invitationsRouter,
  issues: issuesRouter,
  members: membersRouter,
  notifications: notificationsRouter,
  onboarding: onboardingRouter,
  organizations: organizationsRouter,
  overview: overviewRouter,
  promotions: promotionsRouter,
  roster: rosterRouter,
  runs: runsRouter,
  secondFactor: secondFactorRouter,
  secrets: secretsRouter,
  session: sessionRouter,
  signIn: signInRouter,
  signUp: signUpRouter,
  vendor: vendorRouter,
  views: viewsRouter,
  welcome: welcomeRouter,
});

export type AppRouter = typeof appRouter;
