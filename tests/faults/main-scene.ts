import { drizzle } from "drizzle-orm/postgres-js";
import type { Sql } from "postgres";
import { expect } from "vitest";
import * as schema from "@/db/schema";
import { isOutage } from "@/server/durable/transact";
import { listRoster } from "@/server/services/roster/list";
import { startRun } from "@/server/services/runs/start";
import { rosterDigest } from "@/server/sync/digest";
import { asFiles, type RunScene } from "@/tests/api/scene";
import { eventually } from "@/tests/conformance/eventually";
import { district } from "@/tests/fixtures/district";

/** What a reader sees at one moment. */
export async function digestOf(sql: Sql, scene: RunScene): Promise<string> {
  const [environment] = await sql<{ id: number; bucket: number }[]>`
    select id, bucket from environments where institution_id = ${scene.institution.id} and name = 'preview'`;
  const at = { environmentId: environment?.id ?? 0, bucket: environment?.bucket ?? 0 };
  return drizzle(sql, { schema }).transaction((tx) => rosterDigest(tx, at), { isolationLevel: "repeatable read" });
}

/** Asks for the run that the case is about; it commits by itself. */
export async function begin(scene: RunScene): Promise<number> {
  const delivery = await scene.deliver(asFiles(district()));
  const { number } = await startRun(scene.owner, { environment: "preview", feed: scene.feed, delivery, kind: "full", autoCommit: true });
  return number;
}

/** Every digest that a reader could have seen until the run was committed. */
export const watchUntilCommitted = async (sql: Sql, scene: RunScene, run: number): Promise<Set<string>> =>
  (await watchUntil(["committed"], { sql, scene, run })).digests;

/** The state in which the run ended, of those that are awaited, and what a reader saw until then. While the database is away that is nothing. */
export async function watchUntil<State extends "committed" | "failed">(
  states: readonly State[],
  { sql, scene, run, withinMs }: { sql: Sql; scene: RunScene; run: number; withinMs?: number },
): Promise<{ state: State; digests: Set<string> }> {
  const digests = new Set<string>();
  const state = await eventually(
    `end of run ${run} as ${states.join(" or ")}`,
    async () => {
      try {
        digests.add(await digestOf(sql, scene));
        const [now] = await sql<{ state: string }[]>`
          select state from runs where institution_id = ${scene.institution.id} and number = ${run}`;
        if (now?.state === "failed" && !states.some((awaited) => awaited === "failed")) throw new Error(`Run ${run} failed`);
        return states.find((awaited) => awaited === now?.state);
      } catch (cause) {
        if (isOutage(cause) || (cause instanceof Error && isOutage(cause.cause))) return false;
        throw cause;
      }
    },
    withinMs,
  );
  digests.add(await digestOf(sql, scene));
  return { state, digests };
}

/** Holds a committed run to what a reader saw of it: the roster before or after, every notice once, nothing above the head. */
export async function expectWhole(sql: Sql, scene: RunScene, of: { run: number; before: string; digests: Set<string> }): Promise<void> {
  const after = await digestOf(sql, scene);
  expect(after).not.toBe(of.before);
  expect([...of.digests].filter((digest) => digest !== of.before)).toEqual([after]);
  const students = await listRoster(scene.owner, { environment: "preview", kind: "students" });
  expect(students.rows.map((row) => row.name).toSorted()).toEqual(["Ben Okafor", "Chi Tran"]);
  const report = await scene.report(of.run);
  expect(report.counts.users).toMatchObject({ read: 3, add: 3, edit: 0, archive: 0 });
  await expectOneNotice(sql, scene, { run: of.run, kind: "committed" });
}

/** Holds a run that ended as failed, since each attempt of a step was killed, to what a reader saw: nothing of it, and one notice. */
export async function expectUntouched(sql: Sql, scene: RunScene, of: { run: number; before: string; digests: Set<string> }): Promise<void> {
  expect([...of.digests]).toEqual([of.before]);
  await expectOneNotice(sql, scene, { run: of.run, kind: "failed" });
}

/** What was said of the run's end was said once, and no row of it waits above the head. */
async function expectOneNotice(sql: Sql, scene: RunScene, of: { run: number; kind: "committed" | "failed" }): Promise<void> {
  const mails = await sql`
    select m.kind, m.recipient, count(*)::int as n from mails m join runs r on r.id = m.run_id
    where r.institution_id = ${scene.institution.id} and r.number = ${of.run} group by 1, 2`;
  expect(mails).toEqual([{ kind: of.kind, recipient: scene.institution.owner.email, n: 1 }]);
  const above = await sql`
    select 1 from user_versions v join environments e on e.id = v.environment_id
    where e.institution_id = ${scene.institution.id} and v.from_seq > e.head_seq`;
  expect(above).toHaveLength(0);
}
