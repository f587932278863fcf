import { describe, expect, test } from "vitest";
import { downloadLog } from "@/server/services/overview/download-log";
import { commitRun } from "@/server/services/runs/commit";
import { districtFiles } from "@/tests/e2e/support/district";
import { callerAs } from "@/tests/support/caller";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { asFiles, createRunScene, type RunScene } from "./scene";

const db = databaseWithWorker();

/** A district in which the given students' e-mails are no addresses. */
function district(students: number, badEmails = 0): ReturnType<typeof asFiles> {
  const files = districtFiles({ seed: 5, students }).files.map(({ name, text }): [string, string] => {
    if (name !== "users.csv" || badEmails === 0) return [name, text];
    let left = badEmails;
    const lines = text.split("\n").map((line) => {
      if (left === 0 || !line.includes("student") || !line.includes("@")) return line;
      left -= 1;
      return line.replace(/[^",@]+@[^",]+/, "no-address");
    });
    return [name, lines.join("\n")];
  });
  return asFiles(Object.fromEntries(files));
}

const api = (scene: RunScene) => callerAs(scene.institution.owner.actor);
const placeOf = (scene: RunScene) => ({ institution: scene.institution.slug, environment: "preview" }) as const;

async function committed(scene: RunScene, run: { number: number; selection: { version: number } }): Promise<void> {
  await commitRun(scene.owner, { environment: "preview", run: run.number, selectionVersion: run.selection.version });
  await scene.until(run.number, ["committed"]);
}

describe("the overview", () => {
  test("shows nought and what is prepared before the first commit, and both environments beside the source after it", async () => {
    const scene = await createRunScene();
    const place = placeOf(scene);
    expect(await api(scene).overview.get(place)).toMatchObject({ source: null, prepared: null, points: [] });
    const first = await scene.prepare(district(40));
    const before = await api(scene).overview.get(place);
    expect(before.environments.preview.counts).toMatchObject({ students: 0, people: 0, classes: 0 });
    expect(before.prepared).toMatchObject({ run: first.number, counts: { students: 40 } });
    expect(before.source).toMatchObject({ run: first.number, counts: { students: 40 } });
    await committed(scene, first);
    await scene.prepare(district(38));
    const after = await api(scene).overview.get(place);
    expect(after.environments.preview.counts.students).toBe(40);
    expect(after.environments.production.counts.students).toBe(0);
    expect(after.source?.counts.students).toBe(38);
    expect(after.prepared?.counts.students).toBe(38);
    expect(after.points.map(({ counts }) => counts.students)).toEqual([40, 38]);
    expect(await api(scene).overview.get({ ...place, environment: "production" })).toMatchObject({ source: null, points: [] });
  });
});

describe("the log", () => {
  test("groups warnings by code and shows those of one at the action that their row led to", async () => {
    const scene = await createRunScene();
    const run = await scene.prepare(district(40, 3));
    const place = { ...placeOf(scene), run: run.number };
    const closed = await api(scene).overview.log(place);
    expect(closed.rows).toEqual([]);
    expect(closed.groups).toContainEqual({ code: "EMAIL_INVALID", total: 3 });
    const open = await api(scene).overview.log({ ...place, code: "EMAIL_INVALID" });
    expect(open.rows).toHaveLength(3);
    for (const row of open.rows) {
      expect(row).toMatchObject({ entity: "users", action: "add", at: expect.stringMatching(/^users\.csv:\d+$/), seen: "no-address" });
      expect(row.name).not.toBe(row.sourceKey);
    }
    await committed(scene, run);
    expect((await api(scene).overview.log({ ...place, code: "EMAIL_INVALID" })).rows).toEqual(open.rows);
    // Sent again as they are, the same rows change nothing and still warn.
    const again = await scene.prepare(district(40, 3));
    const unchanged = await api(scene).overview.log({ ...placeOf(scene), run: again.number, code: "EMAIL_INVALID" });
    expect(unchanged.rows.map(({ action }) => action)).toEqual([null, null, null]);
    await expect(api(scene).overview.log({ ...place, code: "NO_SUCH_CODE" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(api(scene).overview.log({ ...place, run: 999 })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("walks tens of thousands of warnings a page at a time, each exactly once, and downloads all of them", async () => {
    const scene = await createRunScene();
    const run = await scene.prepare(district(10));
    const [{ id } = { id: "" }] = await db.administrator<{ id: string }[]>`
      select id from runs where institution_id = ${scene.institution.id} and number = ${run.number}`;
    const many = 50_000;
    await db.administrator`
      insert into issues (institution_id, run_id, severity, code, entity, source_key, file, line, detail)
      select ${scene.institution.id}, ${id}, 'warning', 'EMAIL_INVALID', 'users', 'u' || n, 'users.csv', n, '=1+1'
      from generate_series(1, ${many}::int) n`;
    await db.administrator`
      insert into run_issue_totals (institution_id, run_id, severity, code, entity, total)
      values (${scene.institution.id}, ${id}, 'warning', 'EMAIL_INVALID', 'users', ${many})`;
    const place = { environment: "preview", run: run.number } as const;
    const { log } = api(scene).overview;
    const first = await log({ ...placeOf(scene), ...place, code: "EMAIL_INVALID", limit: 100 });
    expect(first.rows).toHaveLength(100);
    const keys = new Set<string | null>();
    let after: number | null = null;
    do {
      const page: Awaited<ReturnType<typeof log>> = await log({ ...placeOf(scene), ...place, code: "EMAIL_INVALID", after, limit: 500 });
      for (const row of page.rows) keys.add(row.sourceKey);
      after = page.nextCursor;
    } while (after !== null && keys.size < 5_000);
    expect(keys.size).toBe(5_000);
    const { lines, fileName } = await downloadLog(scene.owner, place);
    expect(fileName).toBe(`run-${run.number}-log.csv`);
    let text = "";
    for await (const chunk of lines) text += chunk;
    expect(text.split("\r\n")).toHaveLength(many + 2);
    expect(text).toContain(`"'=1+1"`);
    await expect(downloadLog(scene.owner, { ...place, code: "ORPHAN" as never })).rejects.toThrow();
  });

  test("of a run without warnings is empty, and there is no file of it", async () => {
    const scene = await createRunScene();
    const run = await scene.prepare(district(10));
    expect(await api(scene).overview.log({ ...placeOf(scene), run: run.number })).toEqual({
      groups: [],
      rows: [],
      removedAt: null,
      nextCursor: null,
    });
    await expect(downloadLog(scene.owner, { environment: "preview", run: run.number })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
