import { ChooseNotification, chooseNotification } from "@/server/services/notifications/choose";
import { listNotifications } from "@/server/services/notifications/list";
import { lookUnsubscribe, UnsubscribeToken, unsubscribe } from "@/server/services/notifications/unsubscribe";
import { institutionProcedure, publicProcedure, router } from "../init";

export const notificationsRouter = router({
  list: institutionProcedure("institution:read").query(({ ctx }) => listNotifications(ctx)),
  choose: institutionProcedure("institution:read")
    .input(ChooseNotification)
    .mutation(({ ctx, input }) => chooseNotification(ctx, input)),
  lookUnsubscribe: publicProcedure.input(UnsubscribeToken).query(({ input }) => lookUnsubscribe(input)),
  unsubscribe: publicProcedure.input(UnsubscribeToken).mutation(({ input }) => unsubscribe(input)),
});
