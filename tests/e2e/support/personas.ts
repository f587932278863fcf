import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { type Browser, expect, type Page, test } from "@playwright/test";
import Papa from "papaparse";
import { z } from "zod";
import { totpCode } from "@/server/auth/totp";
import { checkout } from "@/server/processes/checkout";

const STEP_MS = 30_000;

/** People of a story come in by the doors that real ones use: pages, mails, and for the very first of the vendor the operator's command. */
export const newAddress = (name: string): string => `${name}-${randomBytes(4).toString("hex")}@story.example`;

/** A browser of somebody's own. */
export async function ownBrowser(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

/** `rollcall staff add` as README tells the operator; the link with which that person signs in. */
export async function operatorAddsStaff(email: string, name: string): Promise<string> {
  const words = ["--import", "tsx", "server/cli/main.ts", "staff", "add", "--email", email, "--role", "admin", "--name", name, "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: checkout });
  return z.object({ link: z.url() }).parse(JSON.parse(stdout)).link;
}

/** Opens the newest mail to an address and presses its link. */
export async function pressLinkOfMail(page: Page, to: string): Promise<void> {
  await page.goto("/dev/mail");
  await page.getByRole("row").filter({ hasText: to }).first().getByRole("link").click();
  await page.locator("pre").getByRole("link").first().click();
}

/** Asks for a sign-in mail, opens it and presses its link and the button behind it. */
export async function signInByMail(page: Page, email: string): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Work e-mail").fill(email);
  await page.getByRole("button", { name: "Send me a sign-in link" }).click();
  await expect(page.getByRole("status")).toContainText("Look in your mail.");
  await pressLinkOfMail(page, email);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).not.toHaveURL(/\/login/);
}

/** Sets up an app for codes where the staff console asks for a second factor; the console is open then. The app gives codes later. */
export async function enrolOnPage(page: Page): Promise<{ code(): string }> {
  await page.goto("/vendor");
  await expect(page).toHaveURL(/\/vendor\/sign-in/);
  await page.getByRole("button", { name: "Set up an app" }).click();
  const secret = ((await page.locator("code.secret").textContent()) ?? "").replace(/\s/g, "");
  let last = Math.floor(Date.now() / STEP_MS) - 1;
  const code = (): string => {
    const given = totpCode(secret, new Date(last * STEP_MS));
    last = Math.max(last + 1, Math.floor(Date.now() / STEP_MS));
    return given;
  };
  await page.getByLabel("Code that the app shows now").fill(code());
  await page.getByRole("button", { name: "Confirm the app" }).click();
  await expect(page.getByRole("heading", { name: "Keep these recovery codes" })).toBeVisible();
  await page.getByRole("link", { name: "I kept them, go on" }).click();
  await expect(page).toHaveURL(/\/vendor$/);
  return { code };
}

/** An admin of the vendor, known by the operator's command, in the staff console. */
export async function firstStaffAdmin(page: Page, name: string): Promise<void> {
  const { pathname, search } = new URL(await operatorAddsStaff(newAddress("admin"), name));
  await page.goto(pathname + search);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).not.toHaveURL(/\/login/);
  await enrolOnPage(page);
}

/** A staff admin makes somebody an approver, who signs in by mail and sets up a second factor. */
export async function addApprover(admin: Page, approver: Page, email: string): Promise<void> {
  await nameApprover(admin, email);
  await signInByMail(approver, email);
  await enrolOnPage(approver);
}

/** What an admin presses to make an address an approver's. */
export async function nameApprover(admin: Page, email: string): Promise<void> {
  await admin.goto("/vendor/staff");
  await admin.getByLabel("Work e-mail").fill(email);
  await admin.getByLabel("Role", { exact: true }).selectOption("approver");
  await admin.getByRole("button", { name: "Add to the staff" }).click();
  await expect(admin.getByRole("table", { name: "Staff" }).getByText(email).first()).toBeVisible();
}

/** Asks somebody to belong to an institution, who comes in by the mail's link. */
export async function inviteColleague(
  owner: Page,
  colleague: Page,
  of: { slug: string; email: string; role: "reviewer" | "admin" },
): Promise<void> {
  await owner.goto(`/i/${of.slug}/settings/members`);
  await owner.getByLabel("Work e-mail").fill(of.email);
  await owner.getByLabel("Role", { exact: true }).selectOption(of.role);
  await owner.getByRole("button", { name: "Send an invitation" }).click();
  await expect(owner.getByText(`An invitation is on its way to ${of.email}`)).toBeVisible();
  await pressLinkOfMail(colleague, of.email);
  await colleague.getByRole("button", { name: "Continue" }).click();
  await expect(colleague).toHaveURL(new RegExp(`/i/${of.slug}/`));
}

/** Keeps what a page looks like among the artifacts of the test. */
export async function picture(page: Page, name: string): Promise<void> {
  await test.info().attach(name, { body: await page.screenshot({ fullPage: true }), contentType: "image/png" });
  await page.screenshot({ path: test.info().outputPath(`${name}.png`), fullPage: true });
}

const Line = z.object({
  action: z.string(),
  type: z.string(),
  "source key": z.string(),
  name: z.string(),
  changes: z.string(),
  selected: z.string(),
});
export type PlanLine = z.infer<typeof Line>;

/** The changes of the report that is open, as its CSV has them. */
export async function changesAsCsv(page: Page): Promise<readonly PlanLine[]> {
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: /^(Changes|Plan) as CSV$/ }).click();
  const text = await readFile(await (await download).path(), "utf8");
  return z.array(Line).parse(Papa.parse(text, { header: true, skipEmptyLines: true }).data);
}
