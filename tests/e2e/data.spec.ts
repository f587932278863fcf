import { readFile } from "node:fs/promises";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { dataPictures } from "./support/gallery-data";
import { faultsOf } from "./support/inspect";
import { signIn, untilAwake } from "./support/journey";
import { createScene, type Scene } from "./support/scene";
import { createStaffPerson, signInStaff } from "./support/staff";

const ownerOf = (scene: Scene): string => `owner@${scene.slug}.example`;

/** The page as it is, wide in light and narrow in dark. */
async function look(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  for (const [theme, width] of [
    ["light", 1280],
    ["dark", 1280],
    ["dark", 375],
    ["light", 375],
  ] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: test.info().outputPath(`${name}-${theme}-${width}.png`), fullPage: true });
    expect(await faultsOf(page), `${name}, ${theme}, ${width}`).toEqual([]);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

test("an owner sees what would go before it is saved, fetches everything as one file, and the end is asked for, agreed to and stopped", async ({
  page,
  browser,
}) => {
  const scene = await createScene();
  await signIn(page, ownerOf(scene));
  await page.goto(`/i/${scene.slug}/settings/members`);
  await page.getByRole("navigation").getByRole("link", { name: "Data", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`The data belong to ${scene.name}.`);

  const files = page.getByLabel("Files of deliveries");
  await untilAwake(files);
  await files.fill("10");
  await expect(page.getByRole("button", { name: "Save" })).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("button", { name: "What would go tonight?" }).click();
  await expect(page.getByText("Nothing would go tonight.")).toBeVisible();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved. It holds from tonight on.")).toBeVisible();
  await page.reload();
  await expect(files).toHaveValue("10");

  await page.getByRole("button", { name: "Export everything" }).click();
  const link = page.getByRole("link", { name: "Download the zip" });
  await expect(link).toBeVisible({ timeout: 60_000 });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toBe(`${scene.slug}.zip`);
  expect((await readFile(await download.path())).subarray(0, 2).toString()).toBe("PK");

  await page.getByRole("button", { name: "Delete this institution…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Why").fill("We leave at the end of the year");
  await expect(dialog.getByRole("button", { name: "Ask for the deletion" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel(`Type ${scene.name} to confirm`).fill(scene.name);
  await dialog.getByRole("button", { name: "Ask for the deletion" }).click();
  await expect(page.getByText("The vendor decides.")).toBeVisible();

  const staff = await staffPage(browser);
  await staff.goto(`/vendor/institutions/${scene.slug}`);
  await untilAwake(staff.getByLabel("Your reason"));
  await staff.getByLabel("Your reason").fill("They asked in writing");
  await look(staff, "vendor-institution");
  await staff.getByRole("button", { name: "Agree: delete in two weeks" }).click();
  await expect(staff.getByRole("button", { name: "Stop the deletion" })).toBeVisible();

  await page.reload();
  await expect(page.getByText("It will be deleted")).toBeVisible();
  await look(page, "data");
  await page.getByRole("button", { name: "Stop the deletion" }).click();
  await expect(page.getByText("stopped it")).toBeVisible();

  await page.goto(`/i/${scene.slug}/settings/audit`);
  await expect(page.getByText("stopped the deletion of this institution")).toBeVisible();
  await expect(page.getByText("changed how long things are kept: files of deliveries from 30 to 10 days")).toBeVisible();
  await look(page, "audit");
  const [picture] = await dataPictures();
  await staff.goto("/vendor/certificates");
  await look(staff, "certificates");
  await staff.goto(picture?.path ?? "");
  await look(staff, "certificate");
  await staff.context().close();
});

async function staffPage(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signInStaff(page, await createStaffPerson("admin"));
  return page;
}
