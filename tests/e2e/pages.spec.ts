import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";
import { checkout } from "@/server/processes/checkout";
import { type Gallery, hangGallery, type Picture, VIEWERS, type Viewer } from "./support/gallery";
import { faultsOf, sidewaysOf, watchComplaints } from "./support/inspect";
import { signIn } from "./support/journey";
import { signInStaff } from "./support/staff";

const THEMES = ["light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const WIDTHS = [1440, 375, 320] as const;

/** What every answer carries (T33), and a page besides; the nonce is another one each time. */
const HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "cache-control": expect.stringContaining("no-store"),
};
const POLICY =
  "default-src 'self'; script-src 'self' 'nonce-N' 'strict-dynamic'; style-src 'self' 'nonce-N'; img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

test.describe.configure({ mode: "serial", timeout: 900_000 });

let gallery: Gallery;
const contexts = new Map<Viewer, BrowserContext>();

test.beforeAll(async ({ browser }) => {
  test.setTimeout(900_000);
  gallery = await hangGallery();
  for (const viewer of VIEWERS) contexts.set(viewer, await contextOf(browser, viewer));
});

test.afterAll(async () => {
  for (const context of contexts.values()) await context.close();
  await gallery?.close();
});

test("every page of the app is looked at", () => {
  const root = join(checkout, "app");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => /(^|\/)(page|not-found)\.tsx$/.test(file));
  const seen = new Set(gallery.pictures.map(({ file }) => file));
  expect(files.filter((file) => !seen.has(file))).toEqual([]);
});

test("every page is accessible, silent, and does not scroll sideways, in light or dark", async () => {
  const files = new Set<string>();
  // Each page in one of its states; the others are looked at with both colours and every width, below.
  const once = gallery.pictures.filter(({ file }) => !files.has(file) && files.add(file));
  await Promise.all(
    THEMES.map(async (theme, lane) => {
      for (const picture of once.filter((_, index) => index % THEMES.length === lane)) await look(picture, theme);
    }),
  );
});

/** One page in one colour, wide and at 320 px. */
const look = (picture: Picture, theme: Theme): Promise<void> =>
  test.step(picture.name, async () => {
    const page = await pageFor(picture, { theme, width: 1440 });
    const complaints = watchComplaints(page);
    await open(page, picture);
    expect.soft(await faultsOf(page), picture.name).toEqual([]);
    await page.setViewportSize({ width: 320, height: 800 });
    expect.soft(await sidewaysOf(page), `${picture.name} at 320`).toEqual([]);
    expect.soft(expected(complaints, picture), picture.name).toEqual([]);
    await page.close();
  });

for (const theme of THEMES) {
  test(`every page in the ${theme} colours at every width @all`, async () => {
    test.setTimeout(1_800_000);
    for (const width of WIDTHS) {
      for (const picture of gallery.pictures) {
        await test.step(`${picture.name} ${width}`, async () => {
          const page = await pageFor(picture, { theme, width });
          const complaints = watchComplaints(page);
          await open(page, picture);
          expect.soft(await faultsOf(page), `${picture.name} ${theme} ${width}`).toEqual([]);
          expect.soft(expected(complaints, picture), `${picture.name} ${theme} ${width}`).toEqual([]);
          await page.screenshot({ path: test.info().outputPath(`${picture.name}-${width}-${theme}.png`), fullPage: true });
          await page.close();
        });
      }
    }
  });
}

test("answers to pages have the headers that keep other sites and caches out", async () => {
  const nonces = new Set<string>();
  for (const picture of gallery.pictures) {
    const response = await contexts.get(picture.viewer)?.request.get(picture.path);
    const { "content-security-policy": policy = "", ...headers } = response?.headers() ?? {};
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "none";
    nonces.add(nonce);
    expect.soft({ policy: policy.replaceAll(nonce, "N"), ...headers }, picture.name).toMatchObject({ policy: POLICY, ...HEADERS });
    expect.soft(headers, picture.name).not.toHaveProperty("x-powered-by");
  }
  expect(nonces.size).toBe(gallery.pictures.length);
});

test("answers that are no pages have them too", async ({ request }) => {
  for (const path of ["/api/health", "/api/trpc/session.get", "/api/auth/csrf", "/api/auth/session", "/icon.svg", "/api/nowhere"]) {
    const headers = (await request.get(path)).headers();
    expect.soft(headers, path).toMatchObject(HEADERS);
  }
});

async function contextOf(browser: Browser, viewer: Viewer): Promise<BrowserContext> {
  const context = await browser.newContext();
  if (viewer === "nobody") return context;
  const page = await context.newPage();
  if (viewer === "staff") await signInStaff(page, gallery.staff);
  else await signIn(page, gallery.emails[viewer]);
  await page.close();
  return context;
}

async function pageFor(picture: Picture, look: { theme: Theme; width: number }): Promise<Page> {
  const page = await contexts.get(picture.viewer)?.newPage();
  if (page === undefined) throw new Error(`Nobody looks at ${picture.name}`);
  await page.setViewportSize({ width: look.width, height: 900 });
  await page.emulateMedia({ colorScheme: look.theme, reducedMotion: "reduce" });
  return page;
}

async function open(page: Page, picture: Picture): Promise<void> {
  const response = await page.goto(picture.path, { waitUntil: "load" });
  expect(response?.status(), picture.name).toBe(picture.status ?? 200);
  await expect(page.locator("#main, main").first()).toBeVisible();
}

/** A page that does not exist is told to the console by the browser itself. */
const expected = (complaints: readonly string[], picture: Picture): string[] =>
  complaints.filter((words) => !(picture.status === 404 && words.includes("the server responded with a status of 404")));
