import { z } from "zod";
import { CreateInvitation, createInvitation } from "@/server/services/invitations/create";
import { listInvitations } from "@/server/services/invitations/list";
import { lookAtInvitation } from "@/server/services/invitations/look";
import { renewInvitation } from "@/server/services/invitations/renew";
import { RevokeInvitation, revokeInvitation } from "@/server/services/invitations/revoke";
import { institutionProcedure, publicProcedure, router } from "../init";

const Link = z.object({ token: z.string().max(200) });

export const invitationsRouter = router({
  create: institutionProcedure("member:manage")
    .input(CreateInvitation)
    .mutation(({ ctx, input }) => createInvitation(ctx, input)),
  list: institutionProcedure("member:manage").query(({ ctx }) => listInvitations(ctx)),
  revoke: institutionProcedure("member:manage")
    .input(RevokeInvitation)
    .mutation(({ ctx, input }) => revokeInvitation(ctx, input)),
  look: publicProcedure.input(Link).query(({ input }) => lookAtInvitation(input.token)),
  renew: publicProcedure.input(Link).mutation(({ input }) => renewInvitation(input.token)),
});
