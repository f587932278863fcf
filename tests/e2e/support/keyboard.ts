import { expect, type Locator, type Page } from "@playwright/test";

const STOPS_MAX = 120;

/**
 * Presses Tab until this has the focus, backwards where it stands before. Every stop on the way is in sight and not under something
 * else (WCAG 2.4.11), shows that it has the focus (2.4.7), and stands after the one before in the document (2.4.3).
 */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  const key = (await wanted.evaluate(isBeforeFocus)) ? "Shift+Tab" : "Tab";
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.evaluate(markFocus);
    await page.keyboard.press(key);
    expect(await page.evaluate(faultOfFocus, key === "Tab")).toBeNull();
  }
  throw new Error(`${wanted} was not reached by ${STOPS_MAX} presses of ${key}`);
}

/** Goes there by Tab and presses a key. */
export async function press(page: Page, wanted: Locator, key: "Enter" | "Space" = "Enter"): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press(key);
}

/** Goes there by Tab and types. */
export async function type(page: Page, wanted: Locator, text: string): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.type(text);
  await expect(wanted).toHaveValue(text);
}

/** The first stop of a page leads past everything that all pages have, to its own part. */
export async function skipToMain(page: Page): Promise<void> {
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    getSelection()?.removeAllRanges();
  });
  const skip = page.locator("a.skip");
  await tabTo(page, skip);
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.closest("#main, .commit, footer") !== null)).toBe(true);
}

/**
 * A dialog that a button opens keeps the focus, lets it go round, and gives it back to that button on Escape. The browser's own
 * controls, which are no part of the document, may have it in between.
 */
export async function expectTrap(page: Page, opener: Locator): Promise<void> {
  await press(page, opener);
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  expect(await focusIn(page), "at first").toBe("inside");
  const seen = new Set<string>();
  for (let stop = 0; stop < 20; stop += 1) {
    await page.keyboard.press(stop < 12 ? "Tab" : "Shift+Tab");
    const where = await focusIn(page);
    expect(where, `after ${stop + 1} presses`).not.toBe("outside");
    seen.add(where);
  }
  expect(seen).toContain("inside");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
}

const focusIn = (page: Page): Promise<"inside" | "outside" | "browser"> =>
  page.evaluate(() => {
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body) return "browser";
    return activeElement.closest("dialog[open]") === null ? "outside" : "inside";
  });

/** What follows runs in the page. */
function isBeforeFocus(element: Element): boolean {
  const { activeElement } = document;
  if (activeElement === null || activeElement === document.body) return false;
  return (activeElement.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
}

function markFocus(): void {
  for (const each of document.querySelectorAll("[data-was-focused]")) each.removeAttribute("data-was-focused");
  if (document.activeElement !== document.body) document.activeElement?.setAttribute("data-was-focused", "");
}

/** What is wrong with the stop that Tab just made; null where nothing is. */
function faultOfFocus(isForward: boolean): string | null {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const words = `${element.tagName} ${element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 60)}`;
  const { left, top, width, height } = element.getBoundingClientRect();
  const isSeen = [0.2, 0.5, 0.8].some((share) => {
    const there = document.elementFromPoint(left + width * share, top + height * share);
    return there !== null && (element.contains(there) || there.contains(element));
  });
  if (!isSeen) return `cannot be seen: ${words}`;
  const around = [element, element.parentElement, ...(element.id === "" ? [] : [document.querySelector(`label[for="${element.id}"]`)])];
  const isMarked = around.some((each) => {
    if (each === null) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
    return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
  });
  if (!isMarked) return `shows no focus: ${words}`;
  const before = document.querySelector("[data-was-focused]");
  if (before === null || before === element) return null;
  const wanted = isForward ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
  return (before.compareDocumentPosition(element) & wanted) === 0 ? `stands out of order: ${words}` : null;
}
