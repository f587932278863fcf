import { expect, type Page, test } from "@playwright/test";
import { prepare, upload } from "@/server/cli/demo-play";
import { signInLink } from "@/server/services/sign-in/link-for";
import { districtFiles, districtZip } from "./support/district";
import { commitButton, confirmButton, signIn, untilAwake, untilCommitted, untilReady } from "./support/journey";
import { tabTo } from "./support/keyboard";
import { headOf } from "./support/report";
import { createScene, signedInPerson } from "./support/scene";

test("from the sign-in link to the commit by the keyboard alone, and the focus is always in sight", async ({ page }) => {
  const scene = await createScene();
  const { pathname, search } = new URL(await signInLink(scene.email));
  await page.goto(pathname + search);
  await tabTo(page, page.getByRole("button", { name: "Continue" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/Nothing has been synced yet/);
  const choose = page.getByRole("button", { name: "Choose files…" });
  await untilAwake(choose);
  await tabTo(page, choose);
  await expect(choose).toBeFocused();
  const chosen = page.waitForEvent("filechooser");
  await page.keyboard.press("Enter");
  const zip = await districtZip({ seed: 5, students: 20 });
  await (await chosen).setFiles({ name: "roster.zip", mimeType: "application/zip", buffer: zip });
  await expect(page).toHaveURL(/\/runs\/1$/);
  await untilReady(page);

  await tabTo(page, commitButton(page));
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Go back" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(commitButton(page)).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, confirmButton(page));
  await page.keyboard.press("Enter");
  await untilCommitted(page);
  expect(await headOf(scene.slug)).toBe(1);
});

test("j k x e and / work on the action list, are dead while somebody types, and can be switched off", async ({ page }) => {
  await openActions(page);
  const rows = page.locator("tr[data-row]");
  const current = page.locator("tr[data-row][aria-current]");
  const scope = page.locator("#scope");
  const total = Number(/of (\d+) changes/.exec((await scope.textContent()) ?? "")?.[1]);

  await page.keyboard.press("j");
  await expect(rows.nth(0)).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("j");
  await expect(rows.nth(1)).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("k");
  await expect(rows.nth(0)).toHaveAttribute("aria-current", "true");
  await expect(current).toHaveCount(1);
  await page.keyboard.press("e");
  await expect(page.getByRole("heading", { name: "What is new" })).toBeVisible();
  await page.keyboard.press("e");
  await expect(page.getByRole("heading", { name: "What is new" })).toBeHidden();
  await page.keyboard.press("x");
  await expect(scope).toContainText(`${total - 1} of ${total} changes`);
  await expect(rows.nth(0).getByRole("checkbox")).not.toBeChecked();
  await page.keyboard.press("x");
  await expect(scope).toContainText(`${total} of ${total} changes`);

  await page.keyboard.press("/");
  const find = page.getByRole("searchbox", { name: "Search these changes" });
  await expect(find).toBeFocused();
  await page.keyboard.type("jxke");
  await expect(find).toHaveValue("jxke");
  await expect(rows.nth(0)).toHaveAttribute("aria-current", "true");
  await expect(rows.nth(0).getByRole("checkbox")).toBeChecked();
  await find.fill("");

  await page.getByRole("button", { name: "Switch keys off" }).press("Enter");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(rows.nth(0)).toHaveAttribute("aria-current", "true");
  await page.reload();
  await expect(page.getByRole("button", { name: "Switch keys on" })).toBeVisible();
  await page.keyboard.press("j");
  await expect(current).toHaveCount(0);
  await expect(scope).toContainText(`${total} of ${total} changes`);
});

test("keys may be pressed faster than answers come @all", async ({ page }) => {
  await openActions(page);
  const scope = page.locator("#scope");
  const total = Number(/of (\d+) changes/.exec((await scope.textContent()) ?? "")?.[1]);
  for (let pressed = 0; pressed < 5; pressed += 1) {
    await page.keyboard.press("j");
    await page.keyboard.press("x");
  }
  await expect(scope).toContainText(`${total - 5} of ${total} changes`);
  await expect(page.locator("tr[data-row].off")).toHaveCount(5);
  await expect(page.getByRole("main").getByRole("alert")).toHaveCount(0);
  await page.setViewportSize({ width: 320, height: 640 });
  await page.reload();
  await expect(page.locator("tr[data-row].off")).toHaveCount(5);
  await expect(page.getByRole("checkbox").first()).toBeEnabled();
  await tabTo(page, page.getByRole("combobox", { name: "Rows" }));
});

/** The students whom a first delivery adds. */
async function openActions(page: Page): Promise<void> {
  const scene = await createScene();
  const person = await signedInPerson(scene);
  const place = { institution: scene.slug, environment: "preview" } as const;
  const delivery = await upload(person, { place, feed: scene.feed, delivery: districtFiles({ seed: 6, students: 20 }) });
  const number = await prepare(person, { place, feed: scene.feed, delivery, kind: "full" });
  await signIn(page, scene.email);
  await page.goto(`/i/${scene.slug}/preview/runs/${number}/actions?entity=users&person=students`);
  await expect(page.locator("tr[data-row]")).toHaveCount(20);
  // The keys answer once the page's own script runs, which also wakes its boxes.
  await expect(page.getByRole("checkbox").first()).toBeEnabled();
}
