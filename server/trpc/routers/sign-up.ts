import { RequestSignUp, requestSignUp } from "@/server/services/sign-up/request";
import { publicProcedure, router } from "../init";

export const signUpRouter = router({
  request: publicProcedure.input(RequestSignUp).mutation(({ ctx, input }) => requestSignUp(input, ctx.headers)),
});
