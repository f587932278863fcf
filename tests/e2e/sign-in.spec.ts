import { expect, type Page, test } from "@playwright/test";
import { listMails } from "@/server/notify/list-mails";
import { createScene, type Scene } from "./support/scene";

/** Asks for a mail on the sign-in page, and returns what the mail holds. */
async function askForMail(page: Page, scene: Scene): Promise<{ link: string; code: string }> {
  await page.goto(`/login?to=/i/${scene.slug}/preview`);
  await page.getByLabel("Work e-mail").fill(scene.email);
  await page.getByRole("button", { name: "Send me a sign-in link" }).click();
  await expect(page.getByText("Look in your mail.")).toBeVisible();
  const mail = (await listMails()).find((one) => one.recipient === scene.email);
  return { link: /http\S+/.exec(mail?.text ?? "")?.[0] ?? "", code: /code there: (\S+ \S+)/.exec(mail?.text ?? "")?.[1] ?? "" };
}

test("a mail scanner that renders the link signs nobody in and leaves it unused (T25)", async ({ page, browser }) => {
  const scene = await createScene();
  const { link } = await askForMail(page, scene);
  const scanner = await browser.newContext();
  for (let i = 0; i < 3; i++) {
    const rendered = await scanner.newPage();
    await rendered.goto(link, { waitUntil: "networkidle" });
    await expect(rendered.getByRole("button", { name: "Continue" })).toBeVisible();
    await rendered.close();
  }
  const looking = await scanner.newPage();
  await looking.goto(`/i/${scene.slug}/preview`);
  await expect(looking).toHaveURL(/\/login/);
  expect((await scanner.cookies()).filter(({ name }) => name.endsWith("session"))).toEqual([]);
  await page.goto(link);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL(new RegExp(`/i/${scene.slug}/preview$`));
  await scanner.close();
});

test("a link that opens in another browser says so, and the code works where it was asked for", async ({ page, browser }) => {
  const scene = await createScene();
  const { link, code } = await askForMail(page, scene);
  const phone = await browser.newContext();
  const other = await phone.newPage();
  await other.goto(link);
  await other.getByRole("button", { name: "Continue" }).click();
  await expect(other.getByRole("alert").filter({ hasText: "another browser" })).toBeVisible();
  await page.getByLabel("Code from the mail").fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(new RegExp(`/i/${scene.slug}/preview$`));
  await phone.close();
});
