import { randomBytes } from "node:crypto";
import { expect, test } from "@playwright/test";
import { totpCode } from "@/server/auth/totp";
import { addStaff } from "@/server/services/vendor/add-staff";
import { signIn } from "./support/journey";
import { createStaffPerson, signInStaff } from "./support/staff";

const newEmail = (): string => `support-${randomBytes(4).toString("hex")}@vendor.example`;

test("a person of the vendor enrols an app at first, keeps the recovery codes, and comes back with a code", async ({ page, browser }) => {
  const email = newEmail();
  await addStaff({ email, name: "Sam Ortiz", role: "support" });
  await signIn(page, email);
  await expect(page).toHaveURL(/\/vendor\/sign-in\?to=%2Fvendor$/);
  await page.getByRole("button", { name: "Set up an app" }).click();
  await expect(page.getByRole("img", { name: "The secret as a code for a camera" })).toBeVisible();
  const secret = ((await page.locator("code.secret").textContent()) ?? "").replace(/\s/g, "");
  await page.getByLabel("Code that the app shows now").fill("000000");
  await page.getByRole("button", { name: "Confirm the app" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "not the code" })).toBeVisible();
  await page.getByLabel("Code that the app shows now").fill(totpCode(secret, new Date()));
  await page.getByRole("button", { name: "Confirm the app" }).click();
  await expect(page.getByRole("heading", { name: "Keep these recovery codes" })).toBeVisible();
  const codes = await page.locator(".recovery-codes code").allTextContents();
  expect(codes).toHaveLength(10);
  await page.getByRole("link", { name: "I kept them, go on" }).click();
  await expect(page).toHaveURL(/\/vendor$/);
  await expect(page.getByRole("navigation", { name: "Staff console" })).toBeVisible();

  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await signIn(other, email);
  for (const path of ["/vendor", "/vendor/jobs"]) {
    await other.goto(path);
    await expect(other).toHaveURL(new RegExp(`/vendor/sign-in\\?to=${encodeURIComponent(path)}$`));
  }
  // Each code is good once: the one after that with which the app was enrolled.
  await other.getByLabel("Code that your app shows now").fill(totpCode(secret, new Date(Date.now() + 30_000)));
  await other.getByRole("button", { name: "Continue" }).click();
  await expect(other).toHaveURL(/\/vendor\/jobs$/);
  await other.goto("/vendor/sign-in");
  await other.getByRole("button", { name: "Close the staff console here" }).click();
  await expect(other.getByRole("heading", { level: 1, name: "Confirm that it is you" })).toBeVisible();
  await other.getByRole("button", { name: "Use a recovery code" }).click();
  await other.getByLabel("One of your recovery codes").fill(codes[0] ?? "");
  await other.getByRole("button", { name: "Continue with the recovery code" }).click();
  await expect(other).toHaveURL(/\/vendor$/);
  await elsewhere.close();
});

test("a passkey opens the console, and signs again in another sign-in", async ({ page, context, baseURL }) => {
  // Browsers make passkeys for names, not for bare addresses.
  const named = (baseURL ?? "").replace("127.0.0.1", "localhost");
  const email = newEmail();
  await addStaff({ email, name: "Kim Lund", role: "support" });
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
  } as const;
  await devtools.send("WebAuthn.addVirtualAuthenticator", { options: { ...options, automaticPresenceSimulation: true } });
  await page.goto(named);
  await signIn(page, email, named);
  await page.getByLabel("Name of this passkey").fill("Work laptop");
  await page.getByRole("button", { name: "Make a passkey" }).click();
  await expect(page.getByRole("heading", { name: "Keep these recovery codes" })).toBeVisible();
  await page.getByRole("link", { name: "I kept them, go on" }).click();
  await expect(page).toHaveURL(/\/vendor$/);
  await page.goto(`${named}/vendor/sign-in`);
  await expect(page.getByText("Work laptop")).toBeVisible();
  await page.getByRole("button", { name: "Close the staff console here" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Confirm that it is you" })).toBeVisible();
  await page.goto(`${named}/vendor`);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await expect(page).toHaveURL(/\/vendor$/);
});

test("whoever only reads the mailbox of somebody with a second factor gets no further", async ({ page }) => {
  const staff = await createStaffPerson("admin");
  await signIn(page, staff.email);
  await page.goto("/vendor");
  await expect(page.getByRole("heading", { level: 1, name: "Confirm that it is you" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Set up an app" })).toHaveCount(0);
  await page.getByLabel("Code that your app shows now").fill("123456");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "not the code" })).toBeVisible();
  await page.context().clearCookies();
  await signInStaff(page, staff);
});
