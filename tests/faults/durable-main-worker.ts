import { jobFunctions } from "@/server/jobs/functions";
import { startJobs } from "@/server/jobs/start";
import { SHORT_LEASES } from "./short-leases";
import { skewClock } from "./skewed-clock";

/** A worker process that runs the system's own functions under short leases: `durable-main-worker.ts <name> <clock skew in ms>`. */
const [name = "worker", skewMs = "0"] = process.argv.slice(2);

skewClock(Number(skewMs));
await startJobs(jobFunctions, "http://127.0.0.1:1/api/inngest", { ...SHORT_LEASES, workerName: name });
process.stdout.write("ready\n");
