import {
  OfSecret,
  putSecretBack,
  ReplaceSecret,
  removeSecret,
  replaceSecret,
  testSecrets,
} from "@/server/services/connections/change-secret";
import { OfFeed } from "@/server/services/connections/get";
import { listSecrets } from "@/server/services/connections/secrets";
import { institutionProcedure, router } from "../init";

export const secretsRouter = router({
  list: institutionProcedure("feed:manage").query(({ ctx }) => listSecrets(ctx)),
  replace: institutionProcedure("feed:manage")
    .input(ReplaceSecret)
    .mutation(({ ctx, input }) => replaceSecret(ctx, input)),
  test: institutionProcedure("feed:manage")
    .input(OfFeed)
    .mutation(({ ctx, input }) => testSecrets(ctx, input)),
  putBack: institutionProcedure("feed:manage")
    .input(OfSecret)
    .mutation(({ ctx, input }) => putSecretBack(ctx, input)),
  remove: institutionProcedure("feed:manage")
    .input(OfSecret)
    .mutation(({ ctx, input }) => removeSecret(ctx, input)),
});
