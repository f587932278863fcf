import { getInstitution } from "@/server/services/institutions/get";
import { institutionProcedure, router } from "../init";

export const institutionsRouter = router({
  get: institutionProcedure("institution:read").query(({ ctx }) => getInstitution(ctx)),
});
