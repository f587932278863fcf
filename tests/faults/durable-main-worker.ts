import { jobFunctions } from "@/server/jobs/functions";
import { startJobs } from "@/server/jobs/start";
import { SHORT_LEASES } from "./durable-process";

/** A worker process that runs the system's own functions under short leases: `durable-main-worker.ts <name>`. */
await startJobs(jobFunctions, "http://127.0.0.1:1/api/inngest", { ...SHORT_LEASES, workerName: process.argv[2] ?? "worker" });
process.stdout.write("ready\n");
