import { randomBytes } from "node:crypto";
import { expect, type Page } from "@playwright/test";
import type { StaffRole } from "@/server/auth/permissions";
import { totpCode } from "@/server/auth/totp";
import { enrolApp, signInByLink } from "@/server/cli/demo-sign-in";
import { addStaff } from "@/server/services/vendor/add-staff";
import { type Person, personAt } from "@/server/trpc/person";
import { signIn } from "./journey";
import { systemUrl } from "./scene";

const STEP_MS = 30_000;

/** Somebody of the vendor who has an app that shows codes, and a browser without a screen in which the console is open. */
export interface StaffPerson {
  readonly email: string;
  readonly person: Person;
  readonly recoveryCodes: readonly string[];
  /** A code that was not used yet; each code is good once. */
  code(): string;
}

/** Makes somebody of the vendor and enrols their app by the verbs that the page uses. */
export async function createStaffPerson(role: StaffRole = "support", name = "Sam Ortiz"): Promise<StaffPerson> {
  const email = `${role}-${randomBytes(4).toString("hex")}@vendor.example`;
  await addStaff({ email, name, role });
  const person = personAt(systemUrl());
  await signInByLink(person, email);
  const { secret, recoveryCodes } = await enrolApp(person);
  let last = 0;
  return {
    email,
    person,
    recoveryCodes,
    code: () => {
      last = Math.max(last + 1, Math.floor(Date.now() / STEP_MS));
      return totpCode(secret, new Date(last * STEP_MS));
    },
  };
}

/** Signs the browser in by mail and by the app's code, as the page for it does; the staff console is open then. */
export async function signInStaff(page: Page, staff: StaffPerson): Promise<void> {
  await signIn(page, staff.email);
  await expect(page).toHaveURL(/\/vendor\/sign-in/);
  const answer = await page.request.post(`${systemUrl()}/api/trpc/secondFactor.enterTotp`, {
    headers: { origin: systemUrl(), "x-rollcall": "1" },
    data: { json: { code: staff.code() } },
  });
  expect(answer.status()).toBe(200);
  await page.goto("/vendor");
  await expect(page).toHaveURL(/\/vendor$/);
}
