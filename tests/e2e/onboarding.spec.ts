import { randomBytes } from "node:crypto";
import { expect, type Page, test } from "@playwright/test";
import { commandActor } from "@/server/auth/actor";
import { listMails } from "@/server/notify/list-mails";
import { createInvitation } from "@/server/services/invitations/create";
import { zipped } from "@/tests/intake/support";
import { districtFiles, districtZip } from "./support/district";
import { foundAlone } from "./support/founding";
import { commitButton, confirmButton, drop, signIn, untilAwake, untilCommitted, untilReady, watchClicks } from "./support/journey";
import { createScene } from "./support/scene";

/**
 * The fewest presses from the mail to the first committed Preview (SCREENS B3); typing and dropping files count as none. A source
 * that comes later adds its line, with what it takes to connect it.
 */
const PATHS = [{ source: "OneRoster CSV", connect: sendRoster, invited: 5, signUp: 6 }] as const;

for (const { source, connect, invited, signUp } of PATHS) {
  test(`${source}: somebody who was invited commits a first Preview in ${invited} clicks`, async ({ page, context }) => {
    const slug = await foundAlone();
    const email = `ana@${slug}.example`;
    await createInvitation(await commandActor(slug), { email, role: "admin" });
    const clicks = await watchClicks(context);
    await openMail(page, email);
    await page.locator("pre").getByRole("link").click();
    await page.getByRole("button", { name: "Continue" }).click();
    await choose(page, source);
    await connect(page);
    await commitAndConfirm(page);
    expect(clicks, clicks.join(", ")).toHaveLength(invited);
    expect(clicks.filter((words) => words.includes("(invisible)"))).toEqual([]);
  });

  test(`${source}: somebody whom nobody invited signs up and commits a first Preview in ${signUp} clicks`, async ({ page, context }) => {
    const name = `Harlow ${randomBytes(4).toString("hex")}`;
    const email = `ana@${name.replace(" ", "-").toLowerCase()}.example`;
    const clicks = await watchClicks(context);
    await page.goto("/signup");
    await page.getByLabel("Your name").fill("Ana Lee");
    await page.getByLabel("Work e-mail").fill(email);
    await page.getByLabel("Institution", { exact: true }).fill(name);
    await expect(page.getByLabel("Time zone of the institution"), "guessed from the browser").toHaveValue("America/Chicago");
    await page.getByRole("button", { name: "Create institution" }).click();
    await expect(page.getByRole("status")).toContainText("Look in your mail.");
    await openMail(page, email);
    await page.locator("pre").getByRole("link").click();
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Where does ${name} keep its roster?`);
    await choose(page, source);
    await connect(page);
    await commitAndConfirm(page);
    expect(clicks, clicks.join(", ")).toHaveLength(signUp);
    expect(clicks.filter((words) => words.includes("(invisible)"))).toEqual([]);
  });
}

test("leaving and coming back leads to the same step; the list says what was done, and nothing was ticked", async ({ page }) => {
  const scene = await createScene();
  await signIn(page, scene.email);
  const setup = `/i/${scene.slug}/setup`;
  const steps = page.getByRole("navigation", { name: "Set-up" });
  await page.goto(setup);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Next: send the files of OneRoster CSV.");
  await expect(steps.locator("[aria-current=step]")).toContainText("Connect and test");
  await page.goto("/");
  await page.goto(setup);
  await expect(steps.getByRole("heading")).toHaveText("Set-up, 1 of 6 done");
  await page.getByRole("main").getByRole("link", { name: "Connect and test" }).click();
  await drop(page, { name: "roster.zip", content: await districtZip({ seed: 41, students: 20 }) });
  await expect(page).toHaveURL(/\/runs\/1$/);
  await untilReady(page);
  await page.goto(setup);
  await expect(steps.getByRole("heading")).toHaveText("Set-up, 4 of 6 done");
  await steps.getByRole("link", { name: "Match schools and columns" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Every column of OneRoster CSV is known. There is nothing to match.");
  await expect(page.getByRole("row", { name: /^givenName/ })).toContainText("100 %");
  await expect(page.getByRole("row", { name: /^givenName/ })).toContainText("●");
});

test("files that cannot be read stop at the test, with cause and fix; corrected ones go on to the first plan", async ({ page }) => {
  const scene = await createScene();
  await signIn(page, scene.email);
  await page.goto(`/i/${scene.slug}/setup/connect`);
  const seed = { seed: 42, students: 20 };
  const broken = districtFiles(seed).files.map(({ name, text }) => ({ name, content: text.replace("orgSourcedIds", "orgs") }));
  await drop(page, { name: "roster.zip", content: await zipped(broken) });
  const red = page.getByRole("listitem").filter({ hasText: "users.csv" });
  await expect(red).toContainText("Cause:");
  await expect(red).toContainText("orgSourcedIds");
  await expect(red).toContainText("Fix:");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("OneRoster CSV needs a correction");
  await expect(page.getByRole("heading", { name: "Connection test" })).toHaveCount(1);
  await page.getByRole("button", { name: "Send corrected files" }).click();
  await drop(page, { name: "roster.zip", content: await districtZip(seed) });
  await expect(page).toHaveURL(/\/runs\/1$/);
  await untilReady(page);
});

test("a colleague without an account brings the files by a link, sees no student, and opens no other page with it", async ({
  page,
  browser,
}) => {
  const scene = await createScene();
  const email = `it@${scene.slug}.example`;
  await signIn(page, scene.email);
  await page.goto(`/i/${scene.slug}/setup/connect`);
  await page.getByRole("button", { name: "Send this step to a colleague…" }).click();
  await page.getByLabel("Their work e-mail").fill(email);
  await page.getByLabel(/What should they know/).fill("The nightly export, please.");
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByText("A link is on its way")).toBeVisible();
  await page.goto(`/i/${scene.slug}/setup`);
  await expect(page.getByRole("row", { name: email })).toContainText("waits for them");

  const other = await (await browser.newContext()).newPage();
  await openMail(other, email);
  await other.locator("pre").getByRole("link").click();
  await expect(other.getByRole("heading", { level: 1 })).toHaveText(`Send the OneRoster CSV files of ${scene.name}`);
  await expect(other.getByRole("main")).toContainText("The nightly export, please.");
  const told: string[] = [];
  other.on("response", async (response) => told.push(await response.text().catch(() => "")));
  await drop(other, { name: "roster.zip", content: await districtZip({ seed: 43, students: 20 }) });
  await expect(other.getByRole("heading", { level: 1 })).toHaveText(`Thank you: the files are with ${scene.name}`);
  expect(told.filter((text) => /"(givenName|student-\d|email)"/.test(text))).toEqual([]);
  for (const path of [`/i/${scene.slug}/preview`, `/i/${scene.slug}/setup`, `/i/${scene.slug}/preview/runs/1`]) {
    await other.goto(path);
    await expect(other).toHaveURL(/\/login/);
  }
  await other.context().close();

  await page.goto(`/i/${scene.slug}/preview/runs/1`);
  await untilReady(page);
  await page.goto(`/i/${scene.slug}/setup`);
  await expect(page.getByRole("row", { name: email })).toContainText("files arrived");
});

async function sendRoster(page: Page): Promise<void> {
  await drop(page, { name: "roster.zip", content: await districtZip({ seed: 40, students: 40 }) });
  await expect(page).toHaveURL(/\/runs\/1$/);
  await untilReady(page);
}

/** Presses a tile; the set-up page has them ready for whoever comes first. */
async function choose(page: Page, source: string): Promise<void> {
  await expect(page).toHaveURL(/\/setup$/);
  const tile = page.getByRole("button", { name: new RegExp(`^${source}`) });
  await untilAwake(tile);
  await tile.click();
  await expect(page).toHaveURL(/\/setup\/connect/);
}

async function commitAndConfirm(page: Page): Promise<void> {
  await commitButton(page).click();
  await confirmButton(page).click();
  await untilCommitted(page);
}

/** The newest mail to an address, as the outbox shows it. */
async function openMail(page: Page, email: string): Promise<void> {
  const mail = (await listMails()).find(({ recipient }) => recipient === email);
  await page.goto(`/dev/mail/${mail?.id}`);
  await expect(page.getByRole("heading", { name: "Text part" })).toBeVisible();
}
