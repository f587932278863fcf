import { mailState } from "@/server/notify/mail-state";
import { listInstitutions } from "@/server/services/vendor/list-institutions";
import { router, vendorProcedure } from "../init";

export const vendorRouter = router({
  institutions: router({
    list: vendorProcedure("vendor:read").query(() => listInstitutions()),
  }),
  mail: vendorProcedure("vendor:read").query(() => mailState()),
});
