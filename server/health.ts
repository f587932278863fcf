import { sql } from "drizzle-orm";
import { untenanted } from "./database";
import { failureOf } from "./failure";
import { log } from "./log";

/** 200 while this process answers and reaches its database, else 503. Says nothing else to anyone. */
export async function answerHealth(): Promise<Response> {
  try {
    await untenanted((tx) => tx.execute(sql`select 1`));
    return Response.json({ status: "ok" });
  } catch (cause) {
    log.warn(failureOf(cause), "the health check does not reach the database");
    return Response.json({ status: "unavailable" }, { status: 503 });
  }
}
