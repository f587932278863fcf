import { randomBytes } from "node:crypto";
import { expect, type Page, test } from "@playwright/test";
import type { DemoDelivery } from "@/server/cli/demo-district";
import { deltaOfUsers, rowsIn, withoutEnrollments, withRows, withStudents } from "./support/changed-files";
import { districtFiles, zipOf } from "./support/district";
import { commitHere, drop, openRun, untilReady } from "./support/journey";
import {
  addApprover,
  changesAsCsv,
  firstStaffAdmin,
  inviteColleague,
  newAddress,
  ownBrowser,
  picture,
  pressLinkOfMail,
} from "./support/personas";

const STUDENTS = 420;
/** So many runs an institution's people may start within a minute. */
const STARTS_MAX = 3;
const MINUTE_MS = 61_000;

const called = (word: string) => (row: Record<string, string>) => `${row.givenName} ${word}`;
const renamed = (delivery: DemoDelivery, of: { from: number; to: number; word: string }): DemoDelivery =>
  withStudents(delivery, { from: of.from, to: of.to, column: "givenName", value: called(of.word) });
const people = (delivery: DemoDelivery, from: number, to: number) =>
  rowsIn(delivery, "users.csv")
    .filter((row) => row.role === "student")
    .slice(from, to);

const base = districtFiles({ seed: 707, students: STUDENTS });
/** 302 edits and 10 archives: 312. */
const planA = withoutEnrollments(renamed(base, { from: 0, to: 302, word: "A" }), 0, 10);
/** 330 edits and 10 archives: 340. */
const planB = withoutEnrollments(renamed(base, { from: 0, to: 330, word: "B" }), 0, 10);
const EDITED = 5;
const edited = renamed(planB, { from: 400, to: 400 + EDITED, word: "H" });
/** 68 edits, 10 enrollments that return, 10 others that end, one new student with six: 95. */
const planC = withNewStudent(
  withoutEnrollments(
    renamed(renamed(renamed(base, { from: 0, to: 330, word: "B" }), { from: 330, to: 398, word: "C" }), { from: 400, to: 405, word: "H" }),
    10,
    20,
  ),
);
const COLLIDING = 3;
const later = renamed(planC, { from: 340, to: 340 + COLLIDING, word: "later" });

/**
 * Story F7, played in Production, where undo asks for a reason: the institution is invited by the vendor, and its first roster goes the
 * whole road. There are no fields to edit by hand yet; where the story has such edits, a delta of exactly those people stands for them.
 */
test("a stale plan, a double press and an undo among later edits (F7)", { tag: "@all" }, async ({ page: ana, browser }) => {
  test.setTimeout(1_200_000);
  const [admin, priya, kim] = await Promise.all([1, 2, 3].map(() => ownBrowser(browser)));
  if (!admin || !priya || !kim) throw new Error("There are three browsers");
  const name = `Harlow ${randomBytes(4).toString("hex")}`;
  const emails = { ana: newAddress("ana"), kim: newAddress("kim"), priya: newAddress("priya") };
  const paced = pace();

  const slug = await test.step("the vendor invites an institution, whose owner sets it up and invites a colleague", async () => {
    await firstStaffAdmin(admin, "Sam Ortiz");
    await addApprover(admin, priya, emails.priya);
    await admin.goto("/vendor/institutions");
    await admin.getByRole("button", { name: "Invite an institution…" }).click();
    const dialog = admin.getByRole("dialog");
    await dialog.getByLabel("Name of the institution").fill(name);
    await dialog.getByLabel("E-mail of its first owner").fill(emails.ana);
    await dialog.getByRole("button", { name: "Send the invitation" }).click();
    await expect(admin.getByText(`An invitation went to ${emails.ana}`)).toBeVisible();
    await picture(admin, "f7-invited");
    await pressLinkOfMail(ana, emails.ana);
    await ana.getByRole("button", { name: "Continue" }).click();
    await expect(ana).toHaveURL(/\/setup$/);
    const made = /\/i\/([^/]+)\//.exec(ana.url())?.[1] ?? "";
    await ana.getByRole("button", { name: /^OneRoster CSV/ }).click();
    await paced(() => send(ana, base));
    await commitHere(ana);
    await inviteColleague(ana, kim, { slug: made, email: emails.kim, role: "admin" });
    return made;
  });
  const production = `/i/${slug}/production`;
  const upload = (delivery: DemoDelivery): Promise<number> =>
    paced(async () => {
      await ana.goto(`${production}/upload`);
      return send(ana, delivery);
    });

  await test.step("its first roster goes to Production", async () => {
    await goLive({ ana, priya, slug, name });
    await ana.goto(`${production}/runs/3`);
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText("Run 3: committed, and nothing changed", { timeout: 60_000 });
    await picture(ana, "f7-live");
  });

  const runA = await test.step("Monday: plan A (312 actions) lies open in a browser", async () => {
    const number = await upload(planA);
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText(`Run ${number}: 312 changes are ready to review`);
    await kim.goto(`${production}/runs/${number}`);
    await expect(kim.getByRole("heading", { level: 1 })).toHaveText(`Run ${number}: 312 changes are ready to review`);
    await picture(kim, "f7-plan-a");
    return number;
  });

  const runB = await test.step("Tuesday: a run of the same feed supersedes it with plan B (340), which commits", async () => {
    const number = await upload(planB);
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText(`Run ${number}: 340 changes are ready to review`);
    await commitInProduction(ana);
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText(`Run ${number}: 340 changes were committed`);
    await picture(ana, "f7-plan-b");
    return number;
  });

  const runH = await test.step("5 fields are edited", async () => {
    const number = await upload(deltaOfUsers(base, people(edited, 400, 400 + EDITED)));
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText(`Run ${number}: ${EDITED} changes are ready to review`);
    await commitInProduction(ana);
    return number;
  });

  await test.step("commit A: refused, lists what moved, offers to plan again", async () => {
    await kim.getByRole("button", { name: /^Commit 312 to Production…$/ }).click();
    await kim.getByRole("dialog").getByRole("button", { name: "Commit 312 to Production" }).click();
    const refusal = kim.getByRole("dialog").getByRole("alert");
    await expect(refusal).toContainText(`Run ${runB} brought newer data of the same feed.`);
    await expect(refusal).toContainText(`run ${runB} committed 340 changes (${emails.ana})`);
    await expect(refusal).toContainText(`run ${runH} committed ${EDITED} changes (${emails.ana})`);
    await picture(kim, "f7-refused");
    await paced(async () => {
      await refusal.getByRole("button", { name: "Prepare the newest files again" }).click();
      await expect(kim).toHaveURL(new RegExp(`/runs/${runH + 1}$`));
    });
    await expect(kim.getByRole("heading", { level: 1 })).toHaveText(/nothing would change|nothing new/, { timeout: 60_000 });
    await picture(kim, "f7-planned-again");
    await kim.goto(`${production}/runs/${runA}`);
    await expect(kim.getByRole("heading", { level: 1 })).toHaveText(`Run ${runA}: superseded by a newer run`);
  });

  const runC = await test.step("two people press Commit on C in the same second: one commit, one is told who was first", async () => {
    const number = await upload(planC);
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText(`Run ${number}: 95 changes are ready to review`);
    await kim.goto(`${production}/runs/${number}`);
    const yes = [ana, kim].map((page) => page.getByRole("dialog").getByRole("button", { name: "Commit 95 to Production" }));
    for (const page of [ana, kim]) await page.getByRole("button", { name: "Commit 95 to Production…" }).click();
    await Promise.all(yes.map((button) => button.click()));
    const told = ana
      .getByRole("dialog")
      .getByRole("status")
      .or(ana.getByRole("heading", { level: 1, name: /committed|committing/ }));
    await expect(told.first()).toBeVisible();
    const anaIsSecond = await ana.getByRole("dialog").getByText("Already committed by").isVisible();
    const [second, first, winner] = anaIsSecond ? [ana, kim, emails.kim] : [kim, ana, emails.ana];
    await expect(second.getByRole("dialog").getByRole("status")).toContainText(`Already committed by ${winner}.`);
    await picture(second, "f7-already-committed");
    await expect(first.getByRole("heading", { level: 1 })).toHaveText(`Run ${number}: 95 changes were committed`, { timeout: 60_000 });
    await expect(first.getByRole("dialog")).toHaveCount(0);
    await second.getByRole("button", { name: "Show the report" }).click();
    await expect(second.getByRole("heading", { level: 1 })).toHaveText(`Run ${number}: 95 changes were committed`, { timeout: 60_000 });
    return number;
  });
  await ana.goto(`${production}/runs/${runC}`);
  const committed = keys(await changesAsCsv(ana));
  expect(committed).toHaveLength(95);

  await test.step("3 of them are edited again", async () => {
    const number = await upload(deltaOfUsers(base, people(later, 340, 340 + COLLIDING)));
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText(`Run ${number}: ${COLLIDING} changes are ready to review`);
    await commitInProduction(ana);
  });

  const undone =
    await test.step("undo of C (95 actions) plans 95 inverses: 3 collide with later edits, are listed and left; 92 revert", async () => {
      await kim.goto(`${production}/runs/${runC}`);
      await kim.getByRole("button", { name: "Undo this commit…" }).click();
      await kim.getByRole("dialog").getByLabel("Reason").fill("Friday's export was of last year");
      await kim.getByRole("dialog").getByRole("button", { name: "Prepare the undo" }).click();
      await expect(kim).not.toHaveURL(new RegExp(`/runs/${runC}$`));
      await expect(kim.getByRole("heading", { level: 1 })).toHaveText(/: 92 changes are ready to review$/, { timeout: 60_000 });
      const number = openRun(kim);
      await picture(kim, "f7-undo");
      const reverting = keys(await changesAsCsv(kim));
      expect(reverting).toHaveLength(92);
      await kim.goto(`${production}/runs/${number}/log`);
      await expect(kim.getByRole("heading", { level: 1 })).toHaveText(`${COLLIDING} warnings of run ${number}`);
      await kim.getByRole("group", { name: "By code" }).getByRole("link").click();
      await expect(kim.getByRole("table", { name: "Warnings by action" }).locator("tbody tr")).toHaveCount(COLLIDING);
      await expect(kim.getByText(`Changed again by run ${runC + 1} since run ${runC}; it stays as it is now.`)).toHaveCount(COLLIDING);
      await picture(kim, "f7-undo-left");
      expect(committed.filter((key) => !reverting.includes(key))).toEqual(
        people(later, 340, 340 + COLLIDING)
          .map((row) => `student ${row.sourcedId}`)
          .toSorted(),
      );
      await kim.goto(`${production}/runs/${number}`);
      await commitInProduction(kim);
      await expect(kim.getByRole("heading", { level: 1 })).toHaveText(`Run ${number}: 92 changes were committed`);
      return reverting;
    });

  await test.step("the next run of the same delivery shows the 92 off", async () => {
    await paced(async () => {
      await ana.goto(`${production}/upload`);
      await drop(ana, { name: "roster.zip", content: await zipOf(planC) });
      await ana.getByRole("button", { name: "Prepare it once more" }).click();
      await untilReady(ana);
    });
    await picture(ana, "f7-again");
    const again = await changesAsCsv(ana);
    expect(keys(again.filter(({ selected }) => selected === "no"))).toEqual(undone);
    expect(again.filter(({ selected }) => selected === "yes")).toHaveLength(COLLIDING);
  });
  for (const other of [admin, priya, kim]) await other.context().close();
});

/** The same files with a student more, who sits in the classes of the first one. */
function withNewStudent(delivery: DemoDelivery): DemoDelivery {
  const [model] = people(delivery, 100, 101);
  const key = "student-new";
  const users = withRows(delivery, "users.csv", (rows) => [
    ...rows,
    { ...model, sourcedId: key, username: key, identifier: key, email: `${key}@harlow.example`, agentSourcedIds: "", userIds: "" },
  ]);
  return withRows(users, "enrollments.csv", (rows) => [
    ...rows,
    ...rows
      .filter((row) => row.userSourcedId === model?.sourcedId)
      .map((row, index) => ({ ...row, sourcedId: `new-${index}`, userSourcedId: key })),
  ]);
}

/** Lets a start wait until the limit of a minute allows it; it counts from when its run is there. */
function pace(): <T>(start: () => Promise<T>) => Promise<T> {
  const at: number[] = [];
  return async (start) => {
    const oldest = at.at(-STARTS_MAX) ?? 0;
    await expect.poll(() => Date.now() - oldest, { timeout: 2 * MINUTE_MS }).toBeGreaterThan(MINUTE_MS);
    const started = await start();
    at.push(Date.now());
    return started;
  };
}

async function send(page: Page, delivery: DemoDelivery): Promise<number> {
  await drop(page, { name: "roster.zip", content: await zipOf(delivery) });
  await expect(page).toHaveURL(/\/runs\/\d+$/, { timeout: 30_000 });
  await untilReady(page);
  return openRun(page);
}

async function commitInProduction(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Commit [\d,]+ to Production…$/ }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Commit [\d,]+ to Production$/ })
    .click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/committed/, { timeout: 60_000 });
}

async function goLive({ ana, priya, slug, name }: { ana: Page; priya: Page; slug: string; name: string }): Promise<void> {
  await ana.goto(`/i/${slug}/promote`);
  await ana.getByRole("button", { name: /^Confirm and request/ }).click();
  await ana
    .getByRole("dialog")
    .getByRole("checkbox", { name: /The counts agree/ })
    .check();
  await ana.getByRole("dialog").getByRole("button", { name: "Confirm and request" }).click();
  await expect(ana.getByText("Snapshot is the newest commit in Preview")).toBeVisible({ timeout: 60_000 });
  await priya.goto("/vendor/approvals");
  await priya.getByRole("row").filter({ hasText: name }).getByRole("link").first().click();
  await priya.getByRole("button", { name: "Approve for Production…" }).click();
  await priya.getByRole("dialog").getByRole("button", { name: "Approve for Production" }).click();
  await expect(priya.getByRole("heading", { level: 1 })).toHaveText(`Promotion 1 of ${name}`);
  await ana.goto(`/i/${slug}/promote`);
  await expect(ana.getByRole("heading", { level: 1 })).toHaveText(/is live\. Is Production as it should be\?$/, { timeout: 90_000 });
  await ana.getByRole("button", { name: "Production is right" }).click();
  await expect(ana.getByRole("heading", { level: 1 })).toHaveText("Production is live and confirmed");
}

const keys = (lines: readonly { type: string; "source key": string }[]): string[] =>
  lines.map(({ type, "source key": key }) => `${type} ${key}`).toSorted();
