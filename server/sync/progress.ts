import { sql } from "drizzle-orm";
import { z } from "zod";
import { read } from "@/db/read";
import type { OpenSet } from "./context";
import { Cancelled, fenced } from "./fence";

/** Written at most this often, so that a phase costs no more than its work. */
const EVERY_MS = 500;

const PHASES = ["collect", "load", "check", "compare", "commit"] as const;
export type Phase = (typeof PHASES)[number];

/** One phase's row of a run's progress, written from the step that does the work: a frozen worker freezes it. */
export interface Progress {
  /** Says how far it is. Throws Cancelled when a person asked the run to stop. */
  tell(done: number, expected: number | null): Promise<void>;
  end(done: number): Promise<void>;
}

/** Begins a phase, or begins it afresh. */
export async function beginPhase(open: OpenSet, phase: Phase, item = ""): Promise<Progress> {
  let last = 0;
  const write = async (done: number, expected: number | null, mark: "begin" | "go" | "end") => {
    last = Date.now();
    await fenced(open, async (tx) => {
      await tx.execute(sql`
        insert into run_progress (institution_id, run_id, phase, item, done, expected)
        values (${open.institutionId}, ${open.runId}, ${phase}, ${item}, ${done}, ${expected})
        on conflict (institution_id, run_id, phase, item) do update set
          done = excluded.done,
          expected = coalesce(excluded.expected, run_progress.expected),
          started_at = case when ${mark === "begin"} then clock_timestamp() else run_progress.started_at end,
          updated_at = clock_timestamp(),
          ended_at = case when ${mark === "end"} then clock_timestamp() end`);
      const [run] = await read(
        tx,
        z.object({ cancelled: z.boolean() }),
        sql`update runs set heartbeat_at = clock_timestamp() where id = ${open.runId} returning cancel_requested_at is not null as cancelled`,
      );
      if (run?.cancelled === true) throw new Cancelled();
    });
  };
  await write(0, null, "begin");
  return {
    tell: async (done, expected) => {
      if (Date.now() - last >= EVERY_MS) await write(done, expected, "go");
    },
    end: (done) => write(done, done, "end"),
  };
}
