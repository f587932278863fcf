import { AskJob, cancelJob, retryJob } from "@/server/services/jobs/ask";
import { GetJob, getJob } from "@/server/services/jobs/get";
import { ListJobs, listJobs } from "@/server/services/jobs/list";
import { jobSummary } from "@/server/services/jobs/summary";
import { router, vendorProcedure } from "../init";

/** The runs of functions, for the vendor's staff. */
export const vendorJobsRouter = router({
  summary: vendorProcedure("job:read").query(() => jobSummary()),
  list: vendorProcedure("job:read")
    .input(ListJobs)
    .query(({ input }) => listJobs(input)),
  get: vendorProcedure("job:read")
    .input(GetJob)
    .query(({ input }) => getJob(input)),
  retry: vendorProcedure("job:act")
    .input(AskJob)
    .mutation(({ ctx, input }) => retryJob(ctx.actor, input)),
  cancel: vendorProcedure("job:act")
    .input(AskJob)
    .mutation(({ ctx, input }) => cancelJob(ctx.actor, input)),
});
