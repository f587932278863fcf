import { mailState } from "@/server/notify/mail-state";
import { listInstitutions } from "@/server/services/vendor/list-institutions";
import { router, vendorProcedure } from "../init";
import { vendorJobsRouter } from "./vendor-jobs";

export const vendorRouter = router({
  institutions: router({
    list: vendorProcedure("vendor:read").query(() => listInstitutions()),
  }),
  jobs: vendorJobsRouter,
  mail: vendorProcedure("vendor:read").query(() => mailState()),
});
