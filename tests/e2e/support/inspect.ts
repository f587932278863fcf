import AxeBuilder from "@axe-core/playwright";
import type { ConsoleMessage, Page } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What is wrong with the page that is open, in words: accessibility, and whatever it wants to scroll sideways for. */
export async function faultsOf(page: Page): Promise<string[]> {
  // Without the mode, every look opens a page of its own for frames, of which there are none.
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ["violations"], runOnly: RULES })
    .setLegacyMode()
    .analyze();
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(" ")} (${failureSummary?.split("\n").at(1)?.trim() ?? ""})`),
  );
  return [...found, ...(await sidewaysOf(page))];
}

/** What sticks out of the page at this width. Regions that scroll by themselves may hold more than they show. */
export async function sidewaysOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > width + 1 && element.closest(".scroll, dialog:not([open])") === null,
    );
    const last = wide.at(-1);
    return [
      `scrolls sideways at ${width} px, to ${document.documentElement.scrollWidth}: ${last?.tagName} ${last?.className} "${last?.textContent?.slice(0, 40)}"`,
    ];
  });
}

/** Everything that a page says in the console as an error or a warning, or throws; violations of its policy are among them. */
export function watchComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message: ConsoleMessage) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (cause) => complaints.push(`thrown: ${cause.message}`));
  return complaints;
}
