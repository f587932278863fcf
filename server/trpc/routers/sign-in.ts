import { z } from "zod";
import { requestSignIn } from "@/server/services/sign-in/request";
import { publicProcedure, router } from "../init";

const Asked = z.object({ email: z.string().max(1_000), callback: z.string().max(2_000).optional() });

export const signInRouter = router({
  request: publicProcedure
    .input(Asked)
    .mutation(({ ctx, input }) => requestSignIn(input, { headers: ctx.headers, answer: ctx.answer ?? new Headers() })),
});
