import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Browser, type BrowserContext, chromium } from "@playwright/test";
import { z } from "zod";
import { checkout } from "@/server/processes/checkout";
import { BROWSER_ARGUMENTS, findBrowser } from "../e2e/support/browser";
import { type Gallery, hangGallery, type Picture, VIEWERS, type Viewer } from "../e2e/support/gallery";
import { signIn } from "../e2e/support/journey";
import { systemUrl } from "../e2e/support/scene";
import { signInStaff } from "../e2e/support/staff";

const WIDTHS = [1280, 375] as const;
/** A line on which fonts and scripts come after the first paint. */
const LINE = { offline: false, latency: 60, downloadThroughput: 500_000, uploadThroughput: 250_000 };
/** What changes how a page looks or works; what a page asks for in advance, or of what happens, comes after its first load. */
const PARTS: ReadonlySet<string> = new Set(["Script", "Stylesheet", "Font", "Image"]);
/** So long without any of them, the first load is over, and what was drawn late is drawn. */
const SETTLE_MS = 500;

export interface PageWeight {
  readonly name: string;
  /** Compressed script of the first load, beyond what an empty page loads. */
  readonly scriptBytes: number;
  /** By width, the sum of all layout shifts that no input caused. */
  readonly shift: readonly [wide: number, narrow: number];
  readonly htmlBytes: number;
}

/** Loads every page of the gallery, or only those of these names, anew, at both widths, on a slow line. */
export async function weighPages(only?: readonly string[]): Promise<{ emptyBytes: number; pages: readonly PageWeight[] }> {
  const gallery = await hangGallery();
  const browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_ARGUMENTS });
  try {
    const shared = sharedScripts();
    const emptyBytes = await bytesOf(shared);
    const contexts = new Map<Viewer, BrowserContext>();
    for (const viewer of VIEWERS) contexts.set(viewer, await contextOf(browser, gallery, viewer));
    const pages: PageWeight[] = [];
    for (const picture of gallery.pictures) {
      if (only?.includes(picture.name) === false) continue;
      const context = contexts.get(picture.viewer);
      if (context === undefined) throw new Error(`Nobody looks at ${picture.name}`);
      const [wide, narrow] = [await load(context, { picture, width: WIDTHS[0] }), await load(context, { picture, width: WIDTHS[1] })];
      const own = [...wide.scripts].filter(([path]) => !shared.has(path)).reduce((sum, [, bytes]) => sum + bytes, 0);
      process.stderr.write(`${picture.name}: ${own} bytes of script, shifts ${wide.shift.toFixed(3)} and ${narrow.shift.toFixed(3)}\n`);
      pages.push({ name: picture.name, scriptBytes: own, shift: [wide.shift, narrow.shift], htmlBytes: wide.htmlBytes });
    }
    return { emptyBytes, pages };
  } finally {
    await browser.close();
    await gallery.close();
  }
}

/** What every page of the build loads, with or without anything of its own on it. */
function sharedScripts(): ReadonlySet<string> {
  const manifest = z
    .object({ rootMainFiles: z.array(z.string()), polyfillFiles: z.array(z.string()) })
    .parse(JSON.parse(readFileSync(join(checkout, ".next", "build-manifest.json"), "utf8")));
  return new Set([...manifest.rootMainFiles, ...manifest.polyfillFiles].map((file) => `/_next/${file}`));
}

async function bytesOf(paths: ReadonlySet<string>): Promise<number> {
  let sum = 0;
  for (const path of paths) {
    const response = await fetch(new URL(path, systemUrl()), { headers: { "accept-encoding": "identity" } });
    if (!response.ok) throw new Error(`${path} answers ${response.status}`);
    sum += (await gzipped(new Uint8Array(await response.arrayBuffer()))).length;
  }
  return sum;
}

/** As the server sends it. */
async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function contextOf(browser: Browser, gallery: Gallery, viewer: Viewer): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: systemUrl(), locale: "en-US", timezoneId: "America/Chicago" });
  if (viewer === "nobody") return context;
  const page = await context.newPage();
  if (viewer === "staff") await signInStaff(page, gallery.staff);
  else await signIn(page, gallery.emails[viewer]);
  await page.close();
  return context;
}

interface Loaded {
  /** Compressed bytes by path. */
  readonly scripts: ReadonlyMap<string, number>;
  readonly shift: number;
  readonly htmlBytes: number;
}

async function load(context: BrowserContext, of: { picture: Picture; width: number }): Promise<Loaded> {
  const page = await context.newPage();
  await page.setViewportSize({ width: of.width, height: 900 });
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  await devtools.send("Network.emulateNetworkConditions", LINE);
  const kinds = new Map<string, { type: string; path: string }>();
  const bytes = new Map<string, number>();
  const onTheWay = new Set<string>();
  let lastAt = Date.now();
  devtools.on("Network.requestWillBeSent", ({ requestId, type }) => {
    if (!PARTS.has(type ?? "")) return;
    onTheWay.add(requestId);
    lastAt = Date.now();
  });
  const ended = (requestId: string): void => {
    if (onTheWay.delete(requestId)) lastAt = Date.now();
  };
  devtools.on("Network.loadingFailed", ({ requestId }) => ended(requestId));
  devtools.on("Network.responseReceived", ({ requestId, type, response }) => {
    kinds.set(requestId, { type, path: new URL(response.url, systemUrl()).pathname });
  });
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    bytes.set(requestId, encodedDataLength);
    ended(requestId);
  });
  await page.addInitScript(watchShifts);
  const response = await page.goto(of.picture.path, { waitUntil: "load", timeout: 120_000 });
  if (response?.status() !== (of.picture.status ?? 200)) throw new Error(`${of.picture.path} answers ${response?.status()}`);
  while (onTheWay.size > 0 || Date.now() - lastAt < SETTLE_MS) await pause(50);
  const shift = await page.evaluate(() => (globalThis as unknown as { shifted: number }).shifted);
  const found = [...kinds].map(([id, kind]) => ({ ...kind, bytes: bytes.get(id) ?? 0 }));
  await page.close();
  return {
    scripts: new Map(found.filter(({ type }) => type === "Script").map(({ path, bytes: n }) => [path, n])),
    shift,
    htmlBytes: found.find(({ type }) => type === "Document")?.bytes ?? 0,
  };
}

/** Runs in the page, before anything of its own. */
function watchShifts(): void {
  const kept = globalThis as unknown as { shifted: number };
  kept.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const shift = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
      if (!shift.hadRecentInput) kept.shifted += shift.value;
    }
  }).observe({ type: "layout-shift", buffered: true });
}
