import { z } from "zod";
import { getSession } from "@/server/services/session/get";
import { listSessions } from "@/server/services/session/list";
import { revokeEverySession, revokeSession } from "@/server/services/session/revoke";
import { accountProcedure, router } from "../init";

export const sessionRouter = router({
  get: accountProcedure.query(({ ctx }) => getSession(ctx.actor)),
  list: accountProcedure.query(({ ctx }) => listSessions(ctx.actor)),
  revoke: accountProcedure.input(z.object({ id: z.uuid() })).mutation(({ ctx, input }) => revokeSession(ctx.actor, input.id)),
  signOutEverywhere: accountProcedure.mutation(({ ctx }) => revokeEverySession(ctx.actor)),
});
