import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Actor } from "@/server/auth/actor";
import { sendMails } from "@/server/notify/send-mails";
import { confirmLive } from "@/server/services/promotions/answer";
import { requestPromotion } from "@/server/services/promotions/confirm";
import { approvePromotion } from "@/server/services/promotions/decide";
import { commitRun } from "@/server/services/runs/commit";
import { startRun } from "@/server/services/runs/start";
import { undoRun } from "@/server/services/runs/undo";
import { pauseWelcome, releaseWelcome, resumeWelcome } from "@/server/services/welcome/decide";
import { listWelcome } from "@/server/services/welcome/list";
import { getWelcomeOfRun, type WelcomeOfRun } from "@/server/services/welcome/of-run";
import { saveWelcome } from "@/server/services/welcome/save";
import { sendDueWaves } from "@/server/services/welcome/send-due-waves";
import { DEFAULT_WELCOME } from "@/server/services/welcome/settings";
import { eventually } from "@/tests/conformance/eventually";
import { district, HEADERS, row } from "@/tests/fixtures/district";
import { callerAs } from "@/tests/support/caller";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createMember, createStaff } from "@/tests/support/institution";
import { mailServer } from "@/tests/support/mail-server";
import { approval, preview, production, productionRun, seen, until } from "./promotion-scene";
import { asFiles, createRunScene, type RunScene } from "./scene";

vi.setConfig({ testTimeout: 300_000 });

const db = databaseWithWorker();
let server: Awaited<ReturnType<typeof mailServer>>;
let approver: Actor;
beforeAll(async () => {
  server = await mailServer();
  approver = await createStaff("approver");
});
afterAll(async () => {
  await server?.close();
});

/** The district with these people, each with an address but the nameless one; whoever is in `renamed` got another name. */
const people = (keys: readonly string[], renamed: readonly string[] = []) =>
  asFiles(
    district({
      "users.csv": `${HEADERS["users.csv"]}\n${keys
        .map((key) =>
          row("users.csv", {
            sourcedId: key,
            role: key === "ana" ? "teacher" : "student",
            username: key,
            givenName: renamed.includes(key) ? `New ${key}` : key,
            email: key === "bare" ? "" : `${key}@people.example`,
          }),
        )
        .join("\n")}\n`,
      "enrollments.csv": `${HEADERS["enrollments.csv"]}\n${row("enrollments.csv", { sourcedId: "e1", userSourcedId: "ana", role: "teacher" })}\n`,
    }),
  );

/** Sends what lies in the outbox, and says to whom of the roster a mail ever came, in order. */
async function delivered(): Promise<string[]> {
  await sendMails(server.url);
  return server.received.flatMap(({ to }) => to.filter((address) => address.endsWith("@people.example"))).toSorted();
}

const weighed = (scene: RunScene, at: Parameters<typeof getWelcomeOfRun>[1]) =>
  eventually(`weighed mails of run ${at.run}`, async (): Promise<WelcomeOfRun | null> => {
    const found = await getWelcomeOfRun(scene.owner, at);
    return found?.state === "counting" ? null : found;
  });
/** The time of the next wave has come. */
const passTime = () => db.administrator`update welcome_batches set next_wave_at = now() where state = 'sending'`;

/** An ordinary day in Production, committed; answers the run. */
async function day(scene: RunScene, files: ReturnType<typeof people>): Promise<number> {
  const delivery = await scene.deliver(files);
  const { number: run } = await startRun(scene.owner, { ...production, feed: scene.feed, delivery, kind: "full", autoCommit: false });
  const plan = await productionRun(db, scene, { run, states: ["ready"] });
  await commitRun(scene.owner, { ...production, run, selectionVersion: plan.selection.version });
  await productionRun(db, scene, { run, states: ["committed"] });
  return run;
}

test("a promotion and welcome mails: Preview sends none, Production one to each person ever, in waves that people hold", async () => {
  const scene = await createRunScene();
  const { owner, institution } = scene;
  const words = { ...DEFAULT_WELCOME, waveSize: 2, body: "Hello {{given name}}\n\n{{link}}" };
  await saveWelcome(owner, words);
  const options = { welcomeMails: true, archivePercent: 100, editPercent: 100 };
  await callerAs(institution.owner.actor).configure.save({ institution: institution.slug, feed: scene.feed, options });

  // In Preview they are counted and listed, and nobody of the roster hears of it.
  await scene.prepare(people(["ana", "ben", "chi", "dee", "bare"]));
  await commitRun(owner, { ...preview, run: 1, selectionVersion: 0 });
  await scene.until(1, ["committed"]);
  expect(await weighed(scene, { ...preview, run: 1 })).toMatchObject({ state: "simulated", mails: 4, withoutAddress: 1, waiting: 0 });
  const simulated = await listWelcome(owner, { ...preview, run: 1 });
  expect(simulated.rows.map(({ sourcedId, state }) => `${sourcedId} ${state}`)).toEqual([
    "ana simulated",
    "ben simulated",
    "chi simulated",
    "dee simulated",
    "bare noAddress",
  ]);
  expect(await sendDueWaves()).toEqual({ waves: 0, handed: 0 });
  expect(await db.administrator`select 1 from mails where kind = 'welcome'`).toHaveLength(0);
  expect(await delivered()).toEqual([]);

  // Neither while the vendor decides; the commit that opens Production makes them due.
  await requestPromotion(owner, { seq: 1 });
  const asked = await approval(db, approver, scene);
  expect(await sendDueWaves()).toEqual({ waves: 0, handed: 0 });
  await approvePromotion(approver, seen(asked));
  await until(scene, "live");
  const opening = { ...production, run: 2 };
  expect(await weighed(scene, opening)).toMatchObject({ state: "sending", mails: 4, withoutAddress: 1 });

  // Two a wave, by two workers at once; a pause stops the second wave, whatever the clock says.
  const [one, two] = await Promise.all([sendDueWaves(), sendDueWaves()]);
  expect(one.handed + two.handed).toBe(2);
  expect(await delivered()).toHaveLength(2);
  await pauseWelcome(owner, opening);
  await passTime();
  expect(await sendDueWaves()).toEqual({ waves: 0, handed: 0 });
  await resumeWelcome(owner, opening);
  expect(await sendDueWaves()).toEqual({ waves: 1, handed: 2 });
  expect(await getWelcomeOfRun(owner, opening)).toMatchObject({ state: "done", inOutbox: 2, sent: 2, waiting: 0 });
  const four = ["ana", "ben", "chi", "dee"].map((key) => `${key}@people.example`);
  expect(await delivered()).toEqual(four);
  expect(server.received.map(({ parsed }) => parsed.text).filter((text) => text?.startsWith("Hello ana"))).toHaveLength(1);
  await confirmLive(owner, { promotion: 1 });
  // The newest delivery, which follows by itself, brings nobody.
  await productionRun(db, scene, { run: 3, states: ["committed", "ignored"] });

  // Who is edited, leaves and returns is not new.
  const without = await day(scene, people(["ana", "ben", "dee", "bare"], ["ben"]));
  expect(await weighed(scene, { ...production, run: without })).toMatchObject({ state: "nothing", mails: 0 });
  await saveWelcome(owner, { ...words, waveSize: 1, holdAbove: 1 });
  const more = { ...production, run: await day(scene, people(["ana", "ben", "chi", "dee", "bare", "eve", "fin"], ["ben"])) };
  expect(await weighed(scene, more)).toMatchObject({ state: "held", mails: 2, reasons: [{ kind: "many", count: 2, limit: 1 }] });
  await passTime();
  expect(await sendDueWaves()).toEqual({ waves: 0, handed: 0 });
  expect(await delivered()).toEqual(four);

  // An admin lets them go; the undo of the commit takes back what was not sent, also out of the outbox.
  const admin = (await createMember(institution, "admin")).member;
  await releaseWelcome(admin, { ...more, typedCount: 2 });
  expect(await sendDueWaves()).toEqual({ waves: 1, handed: 1 });
  const { number } = await undoRun(owner, { ...production, run: more.run, reason: "The wrong list" });
  const back = await productionRun(db, scene, { run: number, states: ["ready"] });
  await commitRun(owner, { ...production, run: number, selectionVersion: back.selection.version });
  await productionRun(db, scene, { run: number, states: ["committed"] });
  expect(await weighed(scene, more)).toMatchObject({
    state: "cancelled",
    cancelled: 2,
    endedReason: `The commit was undone by run ${number}`,
  });
  await passTime();
  expect(await sendDueWaves()).toEqual({ waves: 0, handed: 0 });
  expect(await delivered()).toEqual(four);

  // It was the right list after all: the undo is undone, and those whose mails were taken back are written to, nobody else.
  const redo = (await undoRun(owner, { ...production, run: number, reason: "The right list after all" })).number;
  const forth = await productionRun(db, scene, { run: redo, states: ["ready"] });
  await commitRun(owner, { ...production, run: redo, selectionVersion: forth.selection.version });
  await productionRun(db, scene, { run: redo, states: ["committed"] });
  expect(await weighed(scene, { ...production, run: redo })).toMatchObject({ state: "held", mails: 2 });
  await releaseWelcome(admin, { ...production, run: redo, typedCount: 2 });
  for (let wave = 1; wave <= 2; wave += 1) {
    await passTime();
    expect(await sendDueWaves()).toEqual({ waves: 1, handed: 1 });
  }
  expect(await delivered()).toEqual([...four, "eve@people.example", "fin@people.example"]);
});
