import { drizzle } from "drizzle-orm/postgres-js";
import { RetryAfterError } from "inngest";
import postgres from "postgres";
import { roleUrl } from "@/db/roles";
import { embeddedClient } from "@/server/durable/embedded-client";
import { emitEvent } from "@/server/durable/emit";
import { startExecutor } from "@/server/durable/executor";
import { isOutage } from "@/server/durable/transact";
import { env } from "@/server/env";
import { dispatcher, jobsRoute } from "@/server/jobs/handler";
import { deploymentSecret } from "@/server/secrets";
import { type Marks, marksOf } from "@/tests/conformance/marks";
import { faultFunctions } from "./durable-functions";
import { SHORT_LEASES } from "./short-leases";
import { skewClock } from "./skewed-clock";

/** A worker process for tests: `durable-worker.ts <name> <clock skew in ms> <drain in ms>`. Says `ready` when it takes work. */
const [name = "worker", skewMs = "0", drainMs = "5000"] = process.argv.slice(2);

skewClock(Number(skewMs));

const signingKey = `signkey-test-${"cd".repeat(32)}`;
const administrator = env.DATABASE_URL ?? "";
const engine = roleUrl({ url: administrator, secret: deploymentSecret(), role: "engine" });
const sql = postgres(administrator, { max: 4, onnotice: () => {} });
const pool = drizzle(postgres(engine, { max: 2, onnotice: () => {} }));
const client = embeddedClient({
  id: "faults",
  signingKey,
  write: (events) => pool.transaction((tx) => Promise.all(events.map((event) => emitEvent(tx, event)))),
});
const handler = dispatcher(jobsRoute(client, faultFunctions(client, soonAgain(marksOf(sql)), sql)));
const executor = await startExecutor({
  url: engine,
  endpoint: { handler, url: "http://localhost/api/inngest", signingKey },
  workerName: name,
  ...SHORT_LEASES,
  drainMs: Number(drainMs),
});
process.once("SIGTERM", () => {
  void executor.drain().then(() => process.exit(0));
});
process.stdout.write("ready\n");

/** Marks whose body is tried again at once when Postgres restarts under it: the usual wait of 15 to 45 seconds would prove nothing. */
function soonAgain(marks: Marks): Marks {
  const again = (cause: unknown): never => {
    throw isOutage(cause) ? new RetryAfterError("The database restarts", 300, { cause }) : cause;
  };
  return {
    add: (about, label, value) => marks.add(about, label, value).catch(again),
    during: (about, label, work) => marks.during(about, label, work).catch(again),
  };
}
