import { and, eq } from "drizzle-orm";
import { runs } from "@/db/schema";
import type { TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { jobFunctions } from "@/server/jobs/functions";
import { startJobs } from "@/server/jobs/start";
import type { RunState } from "@/server/roster/run";
import { createFeed } from "@/server/services/feeds/create";
import { getRun } from "@/server/services/runs/get";
import type { RunReport } from "@/server/services/runs/report";
import { startRun } from "@/server/services/runs/start";
import { eventually } from "@/tests/conformance/eventually";
import { deliver, type TestFile } from "@/tests/intake/support";
import { createInstitution, type TestInstitution } from "@/tests/support/institution";

/** An institution with one feed, and the verbs as its owner. */
export interface RunScene {
  readonly institution: TestInstitution;
  readonly owner: TenantActor;
  readonly feed: number;
  /** Sends the files as a person does; answers the delivery's id. */
  deliver(files: readonly TestFile[], feed?: number): Promise<string>;
  /** Delivers, starts a run and waits until it is prepared (or has ended). */
  prepare(
    files: readonly TestFile[],
    how?: { kind?: "full" | "quick"; autoCommit?: boolean; feed?: number; schools?: string[] },
  ): Promise<RunReport>;
  report(run: number): Promise<RunReport>;
  /** What a run is at, without its report; throws when it has failed. */
  stateOf(run: number): Promise<RunState>;
  /** Waits until the run is in one of these states. */
  until(run: number, states: readonly RunState[]): Promise<RunReport>;
}

/** The worker's functions in this process: real events, real steps. */
export async function startWorker(): Promise<{ stop(): Promise<void> }> {
  const jobs = await startJobs(jobFunctions, "http://127.0.0.1:1/api/inngest");
  return { stop: () => jobs.drain() };
}

export async function createRunScene(): Promise<RunScene> {
  const institution = await createInstitution();
  const owner = institution.owner.member;
  const { id: feed } = await createFeed(owner, { name: "SIS", source: "oneroster-csv" });
  const report = (run: number) => getRun(owner, { environment: "preview", run });
  const stateNow = (run: number) =>
    asTenant(institution.id, async (tx) => {
      const of = and(eq(runs.institutionId, institution.id), eq(runs.number, run));
      const [found] = await tx.select({ state: runs.state, reason: runs.reason }).from(runs).where(of);
      if (found === undefined) throw new Error(`No run ${run}`);
      return found;
    });
  const until = (run: number, states: readonly RunState[]) =>
    eventually(`run ${run} in ${states.join(" or ")}`, async () => {
      const { state, reason } = await stateNow(run);
      if (state === "failed" && !states.includes("failed")) throw new Error(`Run ${run} failed: ${reason}`);
      if (!states.includes(state)) return null;
      const found = await report(run);
      return states.includes(found.state) ? found : null;
    });
  const send = async (files: readonly TestFile[], into = feed) => {
    const done = await deliver(owner, { feed: into, files });
    return done.delivery;
  };
  return {
    institution,
    owner,
    feed,
    report,
    stateOf: async (run) => {
      const { state, reason } = await stateNow(run);
      if (state === "failed") throw new Error(`Run ${run} failed: ${reason}`);
      return state;
    },
    until,
    deliver: send,
    async prepare(files, how = {}) {
      const delivery = await send(files, how.feed ?? feed);
      const { number } = await startRun(owner, {
        environment: "preview",
        feed: how.feed ?? feed,
        delivery,
        kind: how.kind ?? "full",
        autoCommit: how.autoCommit ?? false,
        ...(how.schools === undefined ? {} : { schools: how.schools }),
      });
      return until(number, how.autoCommit === true ? ["committed", "held", "ignored"] : ["ready", "held", "ignored"]);
    },
  };
}

/** Files of a district as uploads. */
export const asFiles = (files: Readonly<Record<string, string | Buffer>>): TestFile[] =>
  Object.entries(files).map(([name, content]) => ({ name, content }));
