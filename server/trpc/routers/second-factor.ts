import { z } from "zod";
import { getSecondFactor } from "@/server/services/second-factor/get";
import { askPasskey, beginPasskey, confirmPasskey, enterPasskey } from "@/server/services/second-factor/passkey";
import { MadePasskey, UsedPasskey } from "@/server/services/second-factor/passkey-shapes";
import { enterRecoveryCode, renewRecoveryCodes } from "@/server/services/second-factor/recovery-codes";
import { removeFactor } from "@/server/services/second-factor/remove";
import { endStaffSession } from "@/server/services/second-factor/staff-session";
import { beginTotp, confirmTotp, enterTotp } from "@/server/services/second-factor/totp";
import { type Context, router, staffProcedure } from "../init";

const Typed = z.object({ code: z.string().max(40) });
const browserOf = ({ headers, answer, now }: Context) => ({ headers, answer: answer ?? new Headers(), now });

/** The vendor's people and their second factor; a right one sets the cookie of a staff session. */
export const secondFactorRouter = router({
  get: staffProcedure.query(({ ctx }) => getSecondFactor(ctx.actor, ctx.headers)),
  beginTotp: staffProcedure.mutation(({ ctx }) => beginTotp(ctx.actor)),
  confirmTotp: staffProcedure.input(Typed).mutation(({ ctx, input }) => confirmTotp(ctx.actor, input.code, browserOf(ctx))),
  enterTotp: staffProcedure.input(Typed).mutation(({ ctx, input }) => enterTotp(ctx.actor, input.code, browserOf(ctx))),
  enterRecoveryCode: staffProcedure.input(Typed).mutation(({ ctx, input }) => enterRecoveryCode(ctx.actor, input.code, browserOf(ctx))),
  renewRecoveryCodes: staffProcedure.mutation(({ ctx }) => renewRecoveryCodes(ctx.actor)),
  beginPasskey: staffProcedure.mutation(({ ctx }) => beginPasskey(ctx.actor, browserOf(ctx))),
  confirmPasskey: staffProcedure.input(MadePasskey).mutation(({ ctx, input }) => confirmPasskey(ctx.actor, input, browserOf(ctx))),
  askPasskey: staffProcedure.mutation(({ ctx }) => askPasskey(ctx.actor, browserOf(ctx))),
  enterPasskey: staffProcedure.input(UsedPasskey).mutation(({ ctx, input }) => enterPasskey(ctx.actor, input, browserOf(ctx))),
  remove: staffProcedure.input(z.object({ id: z.uuid() })).mutation(({ ctx, input }) => removeFactor(ctx.actor, input.id)),
  leave: staffProcedure.mutation(({ ctx }) => endStaffSession(ctx.actor, browserOf(ctx))),
});
