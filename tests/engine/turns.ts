import { expect } from "vitest";
import type { RunKind } from "@/server/roster/run";
import type { Reading } from "@/server/sources/source";
import { commit } from "@/server/sync/commit";
import type { SyncContext } from "@/server/sync/context";
import { prepare } from "@/server/sync/prepare";
import { type Line, memoryReader, reading, type Scene } from "./scene";

export const school = (key: string, type = "school"): Line => ({ key, cells: { name: key, type } });
export const user = (key: string, more: Partial<Line> & { given?: string; orgs?: string } = {}): Line => {
  const { given = "Ann", orgs = "s1", ...line } = more;
  return { key, cells: { given_name: given, family_name: key, enabled: "true", primary_role: "student", org_keys: orgs }, ...line };
};
export const people = (from: number, to: number, given = "Ann") =>
  Array.from({ length: to - from }, (_, index) => user(`u${from + index}`, { given }));

export const bulk = (users: readonly Line[], orgs: readonly Line[] = [school("s1"), school("s2")]) =>
  reading(memoryReader("orgs", orgs), memoryReader("users", users));
export const delta = (users: readonly Line[]) => reading(memoryReader("users", users, { mode: "delta" }));

export async function plan(
  scene: Scene,
  of: { feedId: number; kind?: RunKind; schools?: readonly string[]; readings: readonly Reading[] },
) {
  const context = await scene.run(of);
  const prepared = await prepare(context, of.readings);
  return { context, prepared };
}

export async function land(scene: Scene, of: Parameters<typeof plan>[1]): Promise<SyncContext> {
  const { context, prepared } = await plan(scene, of);
  expect(prepared).toMatchObject({ outcome: "prepared" });
  await scene.administrator`update runs set override = '[]' where id = ${context.runId}`;
  await commit(context, { selectionVersion: 0, accountId: null });
  return context;
}

export async function countsOf(scene: Scene, { runId }: SyncContext): Promise<Record<string, Record<string, number>>> {
  const [row] = await scene.administrator<
    { counts: Record<string, Record<string, number>> }[]
  >`select counts from runs where id = ${runId}`;
  return row?.counts ?? {};
}
export const codes = async (scene: Scene, { runId }: SyncContext) =>
  (
    await scene.administrator<{ code: string; total: number }[]>`
    select code, total::int from run_issue_totals where run_id = ${runId} order by code`
  ).map(({ code, total }) => `${code} ${total}`);
export const statuses = async (scene: Scene) =>
  Object.fromEntries(
    (
      await scene.administrator<{ source_key: string; status: string }[]>`
      select source_key, status from users where environment_id = ${scene.environmentId} order by 1`
    ).map((row) => [row.source_key, row.status]),
  );
