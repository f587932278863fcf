import { readFile } from "node:fs/promises";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { listMails } from "@/server/notify/list-mails";
import { signIn, watchClicks } from "./support/journey";
import { createScene, type Scene } from "./support/scene";
import { createStaffPerson, signInStaff } from "./support/staff";

const ownerOf = (scene: Scene): string => `owner@${scene.slug}.example`;

/** The link of the newest invitation to an address, as its mail has it. */
async function invitationTo(email: string): Promise<string> {
  const mail = (await listMails()).find((one) => one.recipient === email && one.kind === "invitation");
  const { pathname } = new URL(/http\S+\/invite\/\S+/.exec(mail?.text ?? "")?.[0] ?? "http://no.invitation");
  return pathname;
}

async function openMembers(page: Page, scene: Scene): Promise<void> {
  await signIn(page, ownerOf(scene));
  await page.getByRole("navigation", { name: "Institution" }).getByRole("link", { name: "Members" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/belong/);
}

async function invite(page: Page, email: string): Promise<void> {
  await page.getByLabel("Work e-mail").fill(email);
  await page.getByRole("button", { name: "Send an invitation" }).click();
  await expect(page.getByText(`An invitation is on its way to ${email}`)).toBeVisible();
}

async function otherPerson(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

test("an invited person is in by the mail's link and one press; scanners that render the link change nothing (T25)", async ({
  page,
  browser,
}) => {
  const scene = await createScene();
  const email = `robin@${scene.slug}.example`;
  await openMembers(page, scene);
  await invite(page, email);
  await expect(page.getByRole("table", { name: "Open invitations" }).getByText(email)).toBeVisible();
  const path = await invitationTo(email);
  const scanner = await otherPerson(browser);
  for (let times = 0; times < 3; times++) {
    await scanner.goto(path, { waitUntil: "networkidle" });
    await expect(scanner.getByRole("button", { name: "Continue" })).toBeVisible();
  }
  expect((await scanner.context().cookies()).filter(({ name }) => name.endsWith("session"))).toEqual([]);
  const person = await otherPerson(browser);
  const clicks = await watchClicks(person.context());
  await person.goto(path);
  await person.getByRole("button", { name: "Continue" }).click();
  await expect(person).toHaveURL(new RegExp(`/i/${scene.slug}/`));
  await expect(person.getByText(email)).toBeVisible();
  expect(clicks).toEqual(["Continue"]);
  const late = await otherPerson(browser);
  await late.goto(path);
  await expect(late.getByRole("heading", { level: 1, name: "This invitation was used" })).toBeVisible();
  for (const one of [scanner, person, late]) await one.context().close();
});

test("roles change, people go, and the last owner stays", async ({ page, browser }) => {
  const scene = await createScene("viewer");
  await openMembers(page, scene);
  const role = page.getByLabel("Role of Dana Whitfield");
  await role.selectOption("admin");
  await expect(page.getByText("Now admin")).toBeVisible();
  await expect(role).toHaveValue("admin");
  const own = page.getByLabel("Role of Alex Whitfield");
  await own.selectOption("viewer");
  await expect(page.getByRole("alert").filter({ hasText: "last owner" })).toBeVisible();
  await expect(own).toHaveValue("owner");
  const dana = await otherPerson(browser);
  await signIn(dana, scene.email);
  await dana.goto(`/i/${scene.slug}/settings/members`);
  await expect(dana.getByRole("button", { name: "Send an invitation" })).toHaveCount(0);
  await page.getByRole("button", { name: "Remove Dana Whitfield" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("row", { name: /Dana Whitfield/ })).toHaveCount(0);
  const gone = await dana.goto(`/i/${scene.slug}/settings/members`);
  expect(gone?.status()).toBe(404);
  await page.getByRole("button", { name: "Leave" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("last owner");
  await dana.context().close();
});

test("staff look at an institution with a reason and a clock, change nothing, and its people see it in their audit (T37)", async ({
  page,
  browser,
}) => {
  const scene = await createScene("admin");
  const staff = await createStaffPerson("support", "Sam Ortiz");
  const looker = await otherPerson(browser);
  await signInStaff(looker, staff);
  expect((await looker.goto(`/i/${scene.slug}/preview`))?.status()).toBe(404);
  await looker.goto(`/vendor/institutions/${scene.slug}`);
  await looker.getByRole("button", { name: "View as institution…" }).click();
  const start = looker.getByRole("dialog").getByRole("button", { name: "View for 30 minutes" });
  await expect(start).toHaveAttribute("aria-disabled", "true");
  await looker.getByRole("dialog").getByLabel("Reason").fill("They asked why run 3 waits");
  await start.click();
  const banner = looker.getByRole("region", { name: "Viewing as the institution" });
  await expect(banner).toContainText("Nothing can be changed");
  await expect(banner.getByRole("timer")).toHaveText(/^(30:00|29:[0-5]\d) left$/);
  await looker.goto(`/i/${scene.slug}/preview/students`);
  await expect(banner).toBeVisible();
  await expect(looker.getByRole("link", { name: "Send files" })).toHaveCount(0);

  await signIn(page, scene.email);
  await page.goto(`/i/${scene.slug}/settings/security`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("1 person of the vendor looks at this institution now.");
  const row = page.getByRole("row", { name: /Sam Ortiz/ });
  await expect(row).toContainText("They asked why run 3 waits");
  await expect(row).toContainText("was shown");

  await banner.getByRole("button", { name: "Stop viewing" }).click();
  await expect(looker).toHaveURL(`/vendor/institutions/${scene.slug}`);
  expect((await looker.goto(`/i/${scene.slug}/preview`))?.status()).toBe(404);

  await page.goto(`/i/${scene.slug}/settings/audit`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^The chain is intact: \d+ entries, none changed\.$/);
  await page.getByLabel("Acting as").selectOption("staff");
  await page.getByRole("button", { name: "Show" }).click();
  const entries = page.getByRole("table", { name: "Audit" }).getByRole("row");
  await expect(entries.filter({ hasText: "vendor staff" })).toHaveCount(3);
  await expect(entries.filter({ hasText: "saw the roster while viewing" })).toHaveCount(1);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download as CSV" }).click();
  const file = await readFile(await (await download).path(), "utf8");
  expect(file.split("\r\n").filter((line) => line !== "")).toHaveLength(4);
  expect(file).toContain("They asked why run 3 waits");
  await looker.context().close();
});
