import { randomBytes } from "node:crypto";
import { expect, type Page, test } from "@playwright/test";
import type { DemoDelivery } from "@/server/cli/demo-district";
import { rowsIn, withRows, withStudents } from "./support/changed-files";
import { districtFiles, zipOf } from "./support/district";
import { commitHere, drop, untilReady } from "./support/journey";
import {
  addApprover,
  changesAsCsv,
  enrolOnPage,
  firstStaffAdmin,
  nameApprover,
  newAddress,
  ownBrowser,
  type PlanLine,
  picture,
  pressLinkOfMail,
  signInByMail,
} from "./support/personas";

const SCHOOLS = 12;
const STUDENTS = 240;
/** Students whom the first files lack. */
const LACKING = 20;
/** Records that the newest delivery brings otherwise than the snapshot. */
const DRIFT = 17;

const complete = districtFiles({ seed: 1010, students: STUDENTS, schools: SCHOOLS });
const first = withoutLastStudents(complete, LACKING);
const newest = withStudents(complete, { from: 30, to: 30 + DRIFT, column: "givenName", value: (row) => `${row.givenName} Jo` });

/**
 * Story F10, without its consumer and its schedule, and with it the whole road: sign-up, set-up, Preview, confirmation, two rounds
 * with the vendor's staff and their second factor, Production. Nothing is done but by pages, mails and the operator's command.
 */
test("a district of twelve schools goes from the sign-up page to Production in two rounds (F10)", { tag: "@all" }, async ({
  page: ana,
  browser,
}) => {
  test.setTimeout(900_000);
  const [admin, priya, omar, rival] = await Promise.all([1, 2, 3, 4].map(() => ownBrowser(browser)));
  if (!admin || !priya || !omar || !rival) throw new Error("There are four browsers");
  const name = `Harlow ${randomBytes(4).toString("hex")}`;
  const emails = { ana: newAddress("ana"), priya: newAddress("priya"), omar: newAddress("omar"), rival: newAddress("rival") };

  await test.step("the vendor has two approvers, each with a second factor", async () => {
    await firstStaffAdmin(admin, "Sam Ortiz");
    await addApprover(admin, priya, emails.priya);
    await addApprover(admin, omar, emails.omar);
    await picture(admin, "f10-staff");
  });

  const slug = await test.step("somebody whom nobody invited signs up and sets the source up", async () => {
    const made = await signUp(ana, { name, email: emails.ana });
    await ana.getByRole("button", { name: /^OneRoster CSV/ }).click();
    await expect(ana).toHaveURL(/\/setup\/connect/);
    await picture(ana, "f10-connect");
    return made;
  });
  const preview = `/i/${slug}/preview`;
  const production = `/i/${slug}/production`;

  const before = await test.step("a 12-school tenant commits its first Preview and confirms it", async () => {
    await send(ana, { run: 1, delivery: first });
    await expect(ana.getByRole("row", { name: /^Schools and organizations/ })).toContainText(String(SCHOOLS + 1));
    const plan = await changesAsCsv(ana);
    await commitHere(ana);
    await ana.goto(`${preview}/schools`);
    await expect(ana.locator("main table tbody tr")).toHaveCount(SCHOOLS);
    await picture(ana, "f10-schools");
    await confirm(ana, { slug, note: "Our first roster." });
    await picture(ana, "f10-requested");
    return plan;
  });

  const approval = await test.step("reviewer 1 sends it back with a comment", async () => {
    await openApproval(priya, name);
    await expect(priya.getByRole("row", { name: /^Students/ })).toContainText(String(STUDENTS - LACKING));
    await picture(priya, "f10-first-round");
    await priya.getByRole("button", { name: "Request changes…" }).click();
    const answer = priya.getByRole("dialog");
    await answer.getByLabel("What to change, or why not").fill("Twenty students of your list are missing.");
    await answer.getByRole("button", { name: "Request changes" }).click();
    await expect(priya.getByText("Changes asked").first()).toBeVisible();
    await ana.goto(`/i/${slug}/promote`);
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText("The vendor asks for changes");
    // At the top, and among what was said.
    await expect(ana.getByText("Twenty students of your list are missing.")).toHaveCount(2);
    await picture(ana, "f10-changes-asked");
    return new URL(priya.url()).pathname;
  });

  const added = await test.step("the institution sends whole files, commits them and confirms again", async () => {
    await ana.goto(`${preview}/upload`);
    await send(ana, { run: 2, delivery: complete });
    const plan = await changesAsCsv(ana);
    expect(plan.filter(({ type, action }) => type === "student" && action === "add")).toHaveLength(LACKING);
    await commitHere(ana);
    await confirm(ana, { slug, note: "Now with all of them." });
    return plan;
  });
  const snapshot = [...before, ...added];
  expect(new Set(snapshot.map(({ action }) => action))).toEqual(new Set(["add"]));

  const drift = await test.step("the newest delivery arrives while the vendor decides: it is prepared, and waits", async () => {
    await ana.goto(`${preview}/upload`);
    await expect(ana.getByText("The vendor decides about promotion 1.")).toBeVisible();
    await send(ana, { run: 3, delivery: newest });
    const plan = await changesAsCsv(ana);
    expect(plan).toHaveLength(DRIFT);
    await picture(ana, "f10-drift-waits");
    return plan;
  });

  await test.step("the author may not approve, though staff as well", async () => {
    await nameApprover(admin, emails.ana);
    const author = await ownBrowser(browser);
    await signInByMail(author, emails.ana);
    await enrolOnPage(author);
    await author.goto(approval);
    const decision = author.getByRole("region", { name: "Decision" });
    await expect(decision).toContainText("You asked for this yourself: somebody else has to decide.");
    await expect(author.getByRole("button", { name: /^Approve for Production/ })).toHaveCount(0);
    await picture(author, "f10-author");
    await author.context().close();
  });

  await test.step("second round: approver 2, who is not the author, accepts the 17 and approves", async () => {
    await openApproval(omar, name);
    await expect(omar.getByRole("row", { name: /^Students/ })).toContainText(String(STUDENTS));
    await expect(omar.getByRole("heading", { name: `Drift: ${DRIFT} changes since the snapshot` })).toBeVisible();
    await omar.getByRole("checkbox", { name: new RegExp(`I have read the ${DRIFT} changes`) }).check();
    await picture(omar, "f10-second-round");
    await omar.getByRole("button", { name: "Approve for Production…" }).click();
    await omar.getByRole("dialog").getByRole("button", { name: "Approve for Production" }).click();
    await expect(omar.getByRole("heading", { level: 1 })).toHaveText(`Promotion 1 of ${name}`);
    await picture(omar, "f10-approved");
  });

  await test.step("the first Production plan equals the frozen Preview snapshot", async () => {
    await ana.goto(`/i/${slug}/promote`);
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText(/is live\. Is Production as it should be\?$/, { timeout: 90_000 });
    await picture(ana, "f10-live");
    await ana.goto(`${production}/runs/4`);
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText(
      `Run 4: ${snapshot.length.toLocaleString("en-US")} changes were committed`,
    );
    await picture(ana, "f10-first-production");
    expect(records(await changesAsCsv(ana))).toEqual(records(snapshot));
  });

  await test.step("the newest delivery, run right after it, differs in the 17 accepted records", async () => {
    await ana.goto(`${production}/runs/5`);
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText(`Run 5: ${DRIFT} changes were committed`, { timeout: 60_000 });
    await picture(ana, "f10-drift-follows");
    const followed = await changesAsCsv(ana);
    expect(followed).toHaveLength(DRIFT);
    expect(withChanges(followed)).toEqual(withChanges(drift));
  });

  await test.step("the institution says that Production is right", async () => {
    await ana.goto(`/i/${slug}/promote`);
    await ana.getByRole("button", { name: "Production is right" }).click();
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText("Production is live and confirmed");
    await ana.goto(`${production}/overview`);
    await expect(ana.getByRole("heading", { level: 1 })).toContainText(`Production has ${STUDENTS} students`);
    await picture(ana, "f10-production");
  });

  await test.step("a guessed report link reads nothing of tenant A", async () => {
    await signUp(rival, { name: `Rival ${randomBytes(4).toString("hex")}`, email: emails.rival });
    const reports = [`${production}/runs/4`, `${production}/runs/4/actions`, `${preview}/runs/1`, `${preview}/students`];
    for (const path of reports) {
      const answer = await rival.goto(path);
      expect(answer?.status(), path).toBe(404);
      await expect(rival.getByText(name)).toHaveCount(0);
    }
    for (const path of [`${production}/runs/4/actions.csv`, `${preview}/runs/1/bad-rows.csv`]) {
      const answer = await rival.request.get(path);
      expect(answer.status(), path).toBe(404);
      for (const { name: student } of added.slice(0, 5)) expect(await answer.text()).not.toContain(student);
    }
    await picture(rival, "f10-guessed");
  });
  for (const other of [admin, priya, omar, rival]) await other.context().close();
});

/** The district before its SIS listed everybody: of those who lack, no parent says anything. */
function withoutLastStudents(delivery: DemoDelivery, count: number): DemoDelivery {
  const alone = rowsIn(delivery, "users.csv").filter((row) => row.role === "student" && row.agentSourcedIds === "");
  const gone = new Set(alone.slice(-count).map((row) => row.sourcedId));
  const users = withRows(delivery, "users.csv", (rows) => rows.filter((row) => !gone.has(row.sourcedId)));
  return withRows(users, "enrollments.csv", (rows) => rows.filter((row) => !gone.has(row.userSourcedId)));
}

/** Signs up by the page and its mail; the slug of the institution that it makes. */
async function signUp(page: Page, who: { name: string; email: string }): Promise<string> {
  await page.goto("/signup");
  await page.getByLabel("Your name").fill("Ana Lee");
  await page.getByLabel("Work e-mail").fill(who.email);
  await page.getByLabel("Institution", { exact: true }).fill(who.name);
  await page.getByRole("button", { name: "Create institution" }).click();
  await expect(page.getByRole("status")).toContainText("Look in your mail.");
  await pressLinkOfMail(page, who.email);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Where does ${who.name} keep its roster?`);
  return /\/i\/([^/]+)\//.exec(page.url())?.[1] ?? "";
}

async function send(page: Page, of: { run: number; delivery: DemoDelivery }): Promise<void> {
  await drop(page, { name: "roster.zip", content: await zipOf(of.delivery) });
  await expect(page).toHaveURL(new RegExp(`/runs/${of.run}$`));
  await untilReady(page);
}

async function confirm(page: Page, of: { slug: string; note: string }): Promise<void> {
  await page.goto(`/i/${of.slug}/promote`);
  await page.getByRole("button", { name: /^Confirm and request/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("checkbox", { name: /The counts agree/ }).check();
  await dialog.getByLabel(/^Note to the approver/).fill(of.note);
  await dialog.getByRole("button", { name: "Confirm and request" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("The vendor is asked, and has not decided yet");
  await expect(page.getByText("Snapshot is the newest commit in Preview")).toBeVisible({ timeout: 60_000 });
}

async function openApproval(page: Page, name: string): Promise<void> {
  await page.goto("/vendor/approvals");
  await page.getByRole("row").filter({ hasText: name }).getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Should ${name} go live with this roster?`);
}

/** What is done to which record, whatever the order. */
const records = (lines: readonly PlanLine[]): string[] =>
  lines.map(({ action, type, "source key": key, name }) => `${action} ${type} ${key} ${name}`).toSorted();
const withChanges = (lines: readonly PlanLine[]): string[] =>
  lines.map(({ action, type, "source key": key, changes }) => `${action} ${type} ${key} ${changes}`).toSorted();
