import { basename } from "node:path";
import { type BrowserContext, expect, type Locator, type Page } from "@playwright/test";
import { z } from "zod";
import { signInLink } from "@/server/services/sign-in/link-for";
import { systemUrl } from "./scene";

/**
 * Signs the browser in by a mail's link as its button does, without opening the page of the button, and opens the first page; `at` is
 * another name of the system than the one that tests use. Whoever tests signing in itself goes through the page.
 */
export async function signIn(page: Page, email: string, at = systemUrl()): Promise<void> {
  const token = new URL(await signInLink(email)).searchParams.get("token") ?? "";
  const { csrfToken } = z.object({ csrfToken: z.string() }).parse(await (await page.request.get(`${at}/api/auth/csrf`)).json());
  await page.request.post(`${at}/api/auth/callback/link`, {
    headers: { origin: new URL(at).origin },
    form: { token, csrfToken, callbackUrl: "/", json: "true" },
  });
  await page.goto(`${at}/`);
  await expect(page).not.toHaveURL(/\/login/);
}

/**
 * Waits until the page's own script has taken this over: a form leads to a page that can be seen before it answers. React says so by
 * a property of the element, which it has a moment before its page is whole; the page marks when it no longer holds presses back
 * (app/_components/early-presses.tsx). A press that was held opens no file chooser: that only a person's own press may.
 */
export const untilAwake = (control: Locator): Promise<void> =>
  expect
    .poll(
      () =>
        control.evaluate(
          (element) =>
            Object.keys(element).some((key) => key.startsWith("__reactProps$")) && performance.getEntriesByName("page:ready").length > 0,
        ),
      { timeout: 60_000 },
    )
    .toBe(true);

/** Drops a file where files are dropped, as dragging it from a folder does. */
export async function drop(page: Page, file: { name: string; content: Buffer }): Promise<void> {
  const zone = page.getByRole("region", { name: "Send files" });
  await untilAwake(zone);
  const transfer = await page.evaluateHandle(
    async ({ name, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const carried = new DataTransfer();
      carried.items.add(new File([bytes], name, { type: "application/zip" }));
      return carried;
    },
    { name: file.name, base64: file.content.toString("base64") },
  );
  await zone.dispatchEvent("dragover", { dataTransfer: transfer });
  await zone.dispatchEvent("drop", { dataTransfer: transfer });
}

/** The number of the run whose report is open. */
export const openRun = (page: Page): number => z.coerce.number().parse(basename(new URL(page.url()).pathname));

/** Waits until the report says that its plan can be reviewed; nothing is pressed for it. */
export async function untilReady(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/ready to review|nothing would change/, { timeout: 180_000 });
}

export const commitButton = (page: Page): Locator => page.getByRole("button", { name: /^Commit [\d,]+ to Preview…$/ });
/** The button of the question that the first one opens. */
export const confirmButton = (page: Page): Locator => page.getByRole("dialog").getByRole("button", { name: /^Commit [\d,]+ to Preview$/ });

/** Presses Commit and says yes to the question, then waits until it is done. */
export async function commitHere(page: Page): Promise<void> {
  await commitButton(page).click();
  await confirmButton(page).click();
  await untilCommitted(page);
}

export const untilCommitted = (page: Page): Promise<void> =>
  expect(page.getByRole("heading", { level: 1 })).toHaveText(/committed/, { timeout: 180_000 });

/**
 * Counts every click of a person in any page of this browser, with the words of what was clicked; clicks that a script makes
 * do not count, and one on something that cannot be seen is said to be so.
 */
export async function watchClicks(context: BrowserContext): Promise<readonly string[]> {
  const clicks: string[] = [];
  await context.exposeBinding("tellClick", (_, words: string) => clicks.push(words));
  await context.addInitScript(() => {
    addEventListener(
      "click",
      (event) => {
        if (!event.isTrusted || !(event.target instanceof Element)) return;
        const control = event.target.closest("a, button, label, input, summary") ?? event.target;
        const words = control.textContent?.trim() || control.getAttribute("aria-label") || control.tagName;
        const isVisible = control.checkVisibility({ opacityProperty: true, visibilityProperty: true });
        (globalThis as unknown as { tellClick(words: string): void }).tellClick(isVisible ? words : `${words} (invisible)`);
      },
      true,
    );
  });
  return clicks;
}
