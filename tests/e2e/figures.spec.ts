import { expect, test } from "@playwright/test";
import { districtFiles } from "./support/district";
import { commitWithoutBrowser } from "./support/first-commit";
import { signIn, untilAwake } from "./support/journey";
import { createScene } from "./support/scene";

test("a figure of a report leads to its rows without loading the page anew, comes back with Back, and opens beside with a modifier", async ({
  page,
  context,
}) => {
  const scene = await createScene();
  await commitWithoutBrowser(scene, districtFiles({ seed: 11, students: 40 }));
  await signIn(page, scene.email);
  const report = `/i/${scene.slug}/preview/runs/1`;
  await page.goto(report);
  const figure = page
    .getByRole("row", { name: /^users\.csv/ })
    .getByRole("link", { name: / committed$/ })
    .first();
  await untilAwake(figure);
  await page.evaluate(() => document.documentElement.setAttribute("data-loaded", "once"));

  await figure.click();
  await expect(page).toHaveURL(`${report}/actions?entity=users`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Run 1");
  await page.goBack();
  await expect(figure).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("data-loaded", "once");

  const [beside] = await Promise.all([context.waitForEvent("page"), figure.click({ modifiers: ["ControlOrMeta"] })]);
  await expect(beside).toHaveURL(`${report}/actions?entity=users`);
  await expect(page).toHaveURL(report);
});
