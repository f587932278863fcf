import { describe, expect, test } from "vitest";
import { commitRun } from "@/server/services/runs/commit";
import { startRun } from "@/server/services/runs/start";
import { districtFiles } from "@/tests/e2e/support/district";
import { callerAs } from "@/tests/support/caller";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createMember } from "@/tests/support/institution";
import { asFiles, createRunScene, type RunScene } from "./scene";

const db = databaseWithWorker();

const district = (without: readonly number[] = []) =>
  asFiles(
    Object.fromEntries(
      districtFiles({ seed: 5, students: 60, alterations: { withoutStudents: new Set(without) } }).files.map(({ name, text }) => [
        name,
        text,
      ]),
    ),
  );

const api = (scene: RunScene) => callerAs(scene.institution.owner.actor).organizations;
const ofScene = (scene: RunScene) => ({ institution: scene.institution.slug });
const preview = (scene: RunScene) => ({ ...ofScene(scene), environment: "preview" as const });

async function commit(scene: RunScene, run: { number: number; selection: { version: number } }): Promise<void> {
  await commitRun(scene.owner, { environment: "preview", run: run.number, selectionVersion: run.selection.version });
  await scene.until(run.number, ["committed"]);
}

describe("organizations of a roster", () => {
  test("are made of the schools that a plan brings, before its commit, below the district as the files have it, and only once", async () => {
    const scene = await createRunScene();
    expect(await api(scene).autoCreate(ofScene(scene))).toEqual({ created: 0 });
    const run = await scene.prepare(district());
    const before = await api(scene).mapping(ofScene(scene));
    expect(before.schools.length).toBeGreaterThan(1);
    expect(before.schools.every(({ organizationId }) => organizationId === null)).toBe(true);
    const { created } = await api(scene).autoCreate(ofScene(scene));
    expect(created).toBe(before.schools.length);
    expect(await api(scene).autoCreate(ofScene(scene))).toEqual({ created: 0 });
    const { schools, organizations } = await api(scene).mapping(ofScene(scene));
    const byId = new Map(organizations.map((one) => [one.id, one]));
    const organizationOf = new Map(schools.map(({ key, organizationId }) => [key, organizationId]));
    for (const { key, name, parentKey, organizationId } of schools) {
      const made = byId.get(organizationId ?? 0);
      expect(made?.name, key).toBe(name);
      expect(made?.parentId ?? null, key).toBe(parentKey === null ? null : (organizationOf.get(parentKey) ?? null));
    }
    await commit(scene, run);
    const list = await api(scene).list(preview(scene));
    expect(list).toMatchObject({ mode: "multi", unmapped: 0, lastCommit: { run: run.number } });
    expect(list.organizations.filter(({ depth }) => depth === 1)).toHaveLength(
      schools.filter(({ parentKey }) => parentKey !== null).length,
    );
  });

  test("say by column how many are active and what the last commit changed, with nobody counted twice", async () => {
    const scene = await createRunScene();
    await commit(scene, await scene.prepare(district()));
    await api(scene).autoCreate(ofScene(scene));
    const first = await api(scene).list(preview(scene));
    const sumOf = (list: typeof first, action: "add" | "archive" | null) =>
      list.organizations.reduce((sum, { cells }) => sum + (action === null ? cells.students.active : cells.students.changes[action]), 0);
    expect(sumOf(first, null)).toBe(60);
    expect(sumOf(first, "add")).toBe(60);
    const { classes, schools } = await callerAs(scene.institution.owner.actor)
      .roster.counts(preview(scene))
      .then(({ counts }) => counts);
    expect(first.organizations.reduce((sum, { cells }) => sum + cells.classes.active, 0)).toBe(classes);
    expect(
      first.organizations.reduce((sum, { cells }) => sum + cells.schools.active, 0),
      "a district is no school",
    ).toBe(schools);
    await commit(scene, await scene.prepare(district([3])));
    const second = await api(scene).list(preview(scene));
    expect([sumOf(second, null), sumOf(second, "add"), sumOf(second, "archive")]).toEqual([59, 0, 1]);
    // All schools under one organization: whoever belongs to two of them is one person there.
    const mapping = await api(scene).mapping(ofScene(scene));
    const { id } = await api(scene).create({ ...ofScene(scene), name: "Everybody" });
    for (const { key } of mapping.schools) await api(scene).mapSchool({ ...ofScene(scene), school: key, organization: id });
    const [teachers] = await db.administrator<{ n: number }[]>`
      select count(*)::int as n from users where institution_id = ${scene.institution.id} and primary_role = 'teacher' and status = 'active'`;
    const all = (await api(scene).list(preview(scene))).organizations.find((one) => one.id === id);
    expect(all?.cells.teachers.active).toBe(teachers?.n);
    expect(all?.schools).toHaveLength(mapping.schools.length);
    const production = await api(scene).list({ ...ofScene(scene), environment: "production" });
    expect(production.organizations.every(({ cells }) => cells.students.active === 0)).toBe(true);
  });

  test("never stand below themselves, keep their schools, and are nobody's to change but an admin's", async () => {
    const scene = await createRunScene();
    const make = async (name: string, parent: number | null = null) => (await api(scene).create({ ...ofScene(scene), name, parent })).id;
    const north = await make("North");
    const east = await make("East", north);
    const deep = await make("Deep", east);
    const move = (organization: number, parent: number | null) => api(scene).update({ ...ofScene(scene), organization, parent });
    for (const parent of [north, east, deep]) await expect(move(north, parent)).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await move(deep, north);
    await move(east, deep);
    await expect(move(deep, east)).rejects.toMatchObject({ code: "BAD_REQUEST" });
    const remove = (organization: number) => api(scene).remove({ ...ofScene(scene), organization });
    await expect(remove(deep)).rejects.toMatchObject({ code: "CONFLICT" });
    await remove(east);
    await api(scene).update({ ...ofScene(scene), organization: deep, name: "Shallow" });
    const { organizations } = await api(scene).mapping(ofScene(scene));
    expect(organizations.map(({ name, parentId }) => [name, parentId])).toEqual([
      ["North", null],
      ["Shallow", north],
    ]);
    const other = await createRunScene();
    const foreign = (await api(other).create({ ...ofScene(other), name: "Theirs" })).id;
    await expect(move(deep, foreign)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(api(scene).mapSchool({ ...ofScene(scene), school: "nowhere", organization: north })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    const reviewer = callerAs((await createMember(scene.institution, "reviewer")).actor).organizations;
    await expect(reviewer.create({ ...ofScene(scene), name: "Mine" })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("a single-school portal", () => {
  test("syncs its one school where nobody chooses another, and has no organizations made", async () => {
    const scene = await createRunScene();
    await scene.prepare(district());
    const { schools } = await api(scene).mapping(ofScene(scene));
    const school = schools.find(({ type }) => type === "school");
    const notASchool = schools.find(({ type }) => type !== "school");
    const set = (key: string | null) => api(scene).setMode({ ...ofScene(scene), mode: "single", school: key });
    await expect(set("nowhere")).rejects.toMatchObject({ code: "NOT_FOUND" });
    if (notASchool) await expect(set(notASchool.key)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await set(school?.key ?? null);
    await expect(api(scene).autoCreate(ofScene(scene))).rejects.toMatchObject({ code: "CONFLICT" });
    const start = (chosen?: string[]) =>
      startRun(scene.owner, {
        environment: "preview",
        feed: scene.feed,
        kind: "full",
        autoCommit: false,
        ...(chosen ? { schools: chosen } : {}),
      });
    const run = await scene.until((await start()).number, ["ready", "held"]);
    expect(run.schools).toEqual([school?.key]);
    expect(run.people.students.add).toBeGreaterThan(0);
    expect(run.people.students.add).toBeLessThan(60);
    await api(scene).setMode({ ...ofScene(scene), mode: "multi" });
    expect(await api(scene).mapping(ofScene(scene))).toMatchObject({ mode: "multi", schoolKey: null });
    const whole = await scene.until((await start()).number, ["ready", "held"]);
    expect(whole).toMatchObject({ schools: null, people: { students: { add: 60 } } });
  });
});

test("the words of an institution are chosen among known ones, each by itself", async () => {
  const scene = await createRunScene();
  await api(scene).setLabels({ ...ofScene(scene), labels: { classes: "Sections" } });
  await api(scene).setLabels({ ...ofScene(scene), labels: { students: "Learners" } });
  const { words } = await api(scene).mapping(ofScene(scene));
  expect([words.classes.one, words.students.many, words.teachers.title]).toEqual(["section", "learners", "Teachers"]);
  await expect(api(scene).setLabels({ ...ofScene(scene), labels: { classes: "<b>" } })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  const { labels } = await callerAs(scene.institution.owner.actor).institutions.get(ofScene(scene));
  expect(labels).toEqual({ classes: "Sections", students: "Learners" });
});
