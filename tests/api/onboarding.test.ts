import { describe, expect, test } from "vitest";
import { GET as examples } from "@/app/help/examples/[source]/[kind]/route";
import { getSetup } from "@/server/services/onboarding/get-setup";
import { commitRun } from "@/server/services/runs/commit";
import { onerosterCsv } from "@/server/sources/oneroster-csv";
import { deliver, type TestFile } from "@/tests/intake/support";
import { callerAs } from "@/tests/support/caller";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createInstitution, createMember, createStaff, type TestInstitution } from "@/tests/support/institution";
import { createRunScene } from "./scene";

const db = databaseWithWorker();

const samples = (): TestFile[] =>
  onerosterCsv.example("samples").map((file) => ({ name: file.name, content: [...file.chunks()].join("") }));
const api = (institution: TestInstitution) => callerAs(institution.owner.actor).onboarding;
const of = (institution: TestInstitution) => ({ institution: institution.slug });
const statesOf = async (institution: TestInstitution): Promise<Record<string, string>> =>
  Object.fromEntries((await getSetup(institution.owner.member)).lines.map(({ step, state }) => [step, state]));

describe("what is left to do", () => {
  test("follows what happens, from a choice to a commit, and nobody ticks anything off", async () => {
    const scene = await createRunScene();
    const { institution } = scene;
    expect(await api(institution).get(of(institution))).toMatchObject({ due: "connect", isCommitted: false, run: null });
    const report = await scene.prepare(samples());
    expect(await statesOf(institution)).toMatchObject({ source: "done", connect: "done", map: "done", preview: "done", commit: "due" });
    await commitRun(scene.owner, { environment: "preview", run: report.number, selectionVersion: report.selection.version });
    await scene.until(report.number, ["committed"]);
    expect(await api(institution).get(of(institution))).toMatchObject({ due: "confirm", isCommitted: true });
    expect(await statesOf(institution)).toMatchObject({ commit: "done", confirm: "due" });
    const lines = await api(institution).timeline(of(institution));
    expect(lines.map(({ state }) => state)).toEqual(["done", "notNeeded", "notNeeded", "done", "due", "later", "later"]);
    expect(lines[0]).toMatchObject({ owner: "Dana Whitfield", at: expect.any(Date) });
  });

  test("files that cannot be read are still to be sent, whoever looks", async () => {
    const { institution, owner, feed } = await createRunScene();
    const files = samples().map((file) =>
      file.name === "users.csv" ? { ...file, content: String(file.content).replace("familyName", "lastName") } : file,
    );
    await deliver(owner, { feed, files });
    const red = { due: "connect", lines: expect.arrayContaining([expect.objectContaining({ step: "map", state: "later" })]) };
    expect(await api(institution).get(of(institution))).toMatchObject(red);
    const { actor } = await createMember(institution, "viewer");
    expect(await callerAs(actor).onboarding.get(of(institution))).toMatchObject(red);
    await deliver(owner, { feed, files: samples() });
    expect(await api(institution).get(of(institution))).toMatchObject({ due: "preview" });
  });

  test("begins with the source, and is the same for whoever comes back", async () => {
    const institution = await createInstitution();
    expect(await statesOf(institution)).toEqual({
      source: "due",
      connect: "later",
      map: "later",
      preview: "later",
      commit: "later",
      confirm: "later",
    });
    const { actor } = await createMember(institution, "viewer");
    expect(await callerAs(actor).onboarding.get(of(institution))).toMatchObject({ due: "source" });
  });
});

describe("choosing a source", () => {
  test("makes one feed, however often and at once it is pressed, until something arrives by it", async () => {
    const institution = await createInstitution();
    const choose = () => api(institution).chooseSource({ ...of(institution), source: "oneroster-csv" });
    const chosen = await Promise.all([choose(), choose(), choose()]);
    expect(new Set(chosen.map(({ feed }) => feed)).size).toBe(1);
    await deliver(institution.owner.member, { feed: chosen[0]?.feed ?? 0, files: samples() });
    const second = await choose();
    expect(second.feed).not.toBe(chosen[0]?.feed);
    expect((await getSetup(institution.owner.member)).feeds.map(({ name }) => name)).toEqual(["OneRoster CSV", "OneRoster CSV 2"]);
  });

  test("takes only what the registry has", async () => {
    const institution = await createInstitution();
    await expect(api(institution).chooseSource({ ...of(institution), source: "carrier-pigeon" })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
    expect((await getSetup(institution.owner.member)).feeds).toEqual([]);
  });
});

test("the test of a delivery says cause and fix of what is red, and shows no person's name", async () => {
  const { institution, owner, feed } = await createRunScene();
  const good = await deliver(owner, { feed, files: samples() });
  const report = await api(institution).check({ ...of(institution), delivery: good.delivery });
  expect(report.lines.filter(({ outcome }) => outcome !== "ok")).toEqual([]);
  expect(report.columns.length).toBeGreaterThan(30);
  const files = samples().map((file) =>
    file.name === "users.csv" ? { ...file, content: String(file.content).replace("sourcedId", "source_id") } : file,
  );
  const bad = await deliver(owner, { feed, files });
  const { lines } = await api(institution).check({ ...of(institution), delivery: bad.delivery });
  expect(lines.find(({ label }) => label === "users.csv")).toMatchObject({ outcome: "fail", code: "HEADER_MISSING" });
});

test("the test of a delivery goes by the settings of the moment, however often it was asked before", async () => {
  const { institution, owner, feed } = await createRunScene();
  const files = samples().map((file) =>
    file.name === "users.csv" ? { ...file, content: Buffer.from(String(file.content).replace(/[^\n -ÿ]/g, "x"), "latin1") } : file,
  );
  const { delivery } = await deliver(owner, { feed, files });
  const users = async () => {
    const { lines } = await api(institution).check({ ...of(institution), delivery });
    return lines.find(({ label }) => label === "users.csv");
  };
  expect(await users()).toMatchObject({ outcome: "fail", code: "ENCODING_NOT_UTF8" });
  expect(await users()).toMatchObject({ outcome: "fail", code: "ENCODING_NOT_UTF8" });
  await callerAs(institution.owner.actor).configure.save({ ...of(institution), feed, options: { encoding: "windows-1252" } });
  expect(await users()).toMatchObject({ outcome: "warning", code: "ENCODING_CONVERTED" });
});

describe("files to hold beside one's own", () => {
  const download = (source: string, kind: string) =>
    examples(new Request(`http://localhost:3000/help/examples/${source}/${kind}`), { params: Promise.resolve({ source, kind }) });

  test("come as a zip that can be sent as it is", async () => {
    const response = await download("oneroster-csv", "samples");
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="oneroster-csv-samples.zip"');
    const { institution, owner, feed } = await createRunScene();
    const zip = { name: "samples.zip", content: Buffer.from(await response.arrayBuffer()) };
    const { delivery, state } = await deliver(owner, { feed, files: [zip] });
    expect(state).toBe("ready");
    const { lines } = await api(institution).check({ ...of(institution), delivery });
    expect(lines.filter(({ outcome }) => outcome !== "ok")).toEqual([]);
  });

  test("are there for sources and kinds that exist, and for nothing else", async () => {
    expect((await download("oneroster-csv", "templates")).status).toBe(200);
    for (const [source, kind] of [
      ["oneroster-csv", "secrets"],
      ["elsewhere", "samples"],
      ["__proto__", "templates"],
    ] as const)
      expect((await download(source, kind)).status).toBe(404);
  });
});

describe("the seven steps of both sides", () => {
  test("carry the owner and the day that either side set, seen by the other, each in the institution's audit", async () => {
    const institution = await createInstitution();
    const staff = await createStaff("support");
    await api(institution).planStep({ ...of(institution), step: "data", owner: "IT desk", dueOn: "2027-01-15" });
    await callerAs(staff).onboarding.vendorPlanStep({ ...of(institution), step: "production", owner: "Sam Ortiz", dueOn: "2027-02-01" });
    const own = await api(institution).timeline(of(institution));
    expect(own).toEqual(await callerAs(staff).onboarding.vendorTimeline(of(institution)));
    expect(own.find(({ step }) => step === "data")).toMatchObject({ owner: "IT desk", dueOn: "2027-01-15" });
    expect(own.find(({ step }) => step === "production")).toMatchObject({ owner: "Sam Ortiz", dueOn: "2027-02-01" });
    const entries = await db.administrator`
      select actor, subject from audit where institution_id = ${institution.id} and verb = 'onboarding.plan' order by id`;
    expect([...entries]).toEqual([
      { actor: "member", subject: "step data" },
      { actor: "staff", subject: "step production" },
    ]);
  });

  test("take a day and nothing else for a date, and unset it again", async () => {
    const institution = await createInstitution();
    const plan = (dueOn: string | null) => api(institution).planStep({ ...of(institution), step: "call", owner: null, dueOn });
    await expect(plan("2027-02-30")).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await plan("2027-02-28");
    expect((await api(institution).timeline(of(institution)))[2]).toMatchObject({ state: "agreed" });
    await plan(null);
    expect((await api(institution).timeline(of(institution)))[2]).toMatchObject({ state: "notNeeded", dueOn: null });
  });
});
