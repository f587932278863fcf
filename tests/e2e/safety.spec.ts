import { type APIRequestContext, expect, test } from "@playwright/test";
import Papa from "papaparse";
import type { DemoDelivery } from "@/server/cli/demo-district";
import { commit, prepare, upload } from "@/server/cli/demo-play";
import { listMails } from "@/server/notify/list-mails";
import { districtFiles } from "./support/district";
import { withErrors } from "./support/gallery";
import { watchComplaints } from "./support/inspect";
import { signIn } from "./support/journey";
import { lookUp } from "./support/report";
import { createScene, type Scene, signedInPerson } from "./support/scene";

/** Family names as somebody writes them who wants more than to be on a roster. */
const PAYLOADS = [
  "<img src=x onerror=alert(1)>",
  '"><script>alert(document.domain)</script>',
  "</td></tr></table><svg onload=alert(2)>",
  "</title><script>alert(3)</script>",
  "<iframe srcdoc='<script>alert(4)</script>'>",
  "javascript:alert(5)",
  "' onmouseover='alert(6)",
  "{{constructor.constructor('alert(7)')()}}",
  "<!-- <b>bold</b> -->",
  "&lt;script&gt;",
  '=HYPERLINK("http://evil.example","x")',
  "+1+cmd|' /C calc'!A0",
  "-2+3",
  "@SUM(A1:A9)",
  " =1+1",
];
/** Names that look like another one, and what shows the difference. */
const LOOKALIKES = [
  ["An\u200Bna", "U+200B"],
  ["An\u202Ena", "U+202E"],
  ["An\u2066na", "U+2066"],
] as const;

test("names are text and nothing else on every page and in every download", async ({ page }) => {
  const scene = await createScene();
  const dialogs: string[] = [];
  page.on("dialog", async (dialog) => {
    dialogs.push(dialog.message());
    await dialog.dismiss();
  });
  const complaints = watchComplaints(page);
  const { number, commitIt } = await prepared(scene, withNames(districtFiles({ seed: 8, students: 5 })));
  const base = `/i/${scene.slug}/preview`;
  await signIn(page, scene.email);
  await page.goto(`${base}/runs/${number}/actions?entity=users&person=students&limit=50`);
  for (const [index, name] of PAYLOADS.entries()) {
    const row = page.locator(`tr[data-row="users named-${index}"]`);
    await expect(row.locator("th bdi, th b").first()).toHaveText(shown(`Ann ${name}`));
    await row.getByRole("button").click();
  }
  await expect(page.locator("tr.detail")).toHaveCount(PAYLOADS.length);
  for (const [index, [name, mark]] of LOOKALIKES.entries()) {
    const who = page.locator(`tr[data-row="users alike-${index}"] th b, tr[data-row="users alike-${index}"] th bdi`).first();
    await expect(who).toContainText(mark);
    await expect(who).not.toContainText(name);
  }
  const csv = await (await page.request.get(`${base}/runs/${number}/actions.csv`)).text();
  const cells = Papa.parse<string[]>(csv).data.flat();
  expect(cells.filter((cell) => /^[\s\u00a0]*[=+\-@\t\r]/.test(cell))).toEqual([]);
  expect(csv).toContain("HYPERLINK");
  await commitIt();
  await page.goto(`${base}/students`);
  for (const name of PAYLOADS)
    await expect(
      page
        .getByRole("row")
        .filter({ hasText: shown(name) })
        .first(),
    ).toBeVisible();
  for (const index of [0, 1, 3]) {
    await page.goto(`${base}/students/named-${index}`);
    await expect(page.getByRole("heading", { level: 1 })).toContainText(PAYLOADS[index] ?? "");
    await expect(page).toHaveTitle(/^Student/);
  }
  const mails = (await listMails()).filter(({ recipient }) => recipient.endsWith(`@${scene.slug}.example`));
  expect(mails.map(({ kind }) => kind)).toContain("ready");
  for (const { subject, html, text } of mails) expect(`${subject}${html}${text}`).not.toMatch(/alert\(|HYPERLINK|Ann/);
  expect(dialogs).toEqual([]);
  expect(complaints).toEqual([]);
});

test("a report's link opens for members alone, and for others it is a page that does not exist (T5)", async ({ page, browser }) => {
  const scene = await createScene();
  const elsewhere = await createScene("owner");
  const { number } = await prepared(scene, withErrors(districtFiles({ seed: 9, students: 5 })));
  const report = `/i/${scene.slug}/preview/runs/${number}`;
  const paths = [report, `${report}/actions`, `${report}/findings`, `/i/${scene.slug}/preview`, `/i/${scene.slug}/preview/students`];
  const downloads = [`${report}/actions.csv`, `${report}/bad-rows.csv`];
  await signIn(page, scene.email);
  expect(await statuses(page.request, [...paths, ...downloads])).toEqual([...paths, ...downloads].map(() => 200));
  const production = [report, `${report}/actions`].map((path) => path.replace("/preview/", "/production/"));
  expect(await statuses(page.request, production)).toEqual([404, 404]);

  const stranger = await browser.newContext();
  await signIn(await stranger.newPage(), elsewhere.email);
  expect(await statuses(stranger.request, [...paths, ...downloads])).toEqual([...paths, ...downloads].map(() => 404));
  await stranger.close();

  const nobody = await browser.newContext();
  const anonymous = await nobody.newPage();
  for (const path of paths) {
    await anonymous.goto(path);
    await expect(anonymous).toHaveURL(`/login?to=${encodeURIComponent(path)}`);
    await expect(anonymous.getByText(scene.name)).toHaveCount(0);
  }
  for (const status of await statuses(nobody.request, downloads)) expect([307, 401, 404]).toContain(status);
  await nobody.close();

  await lookUp("update members set removed_at = now() where account_id = (select id from accounts where email = $1)", [scene.email]);
  expect(await statuses(page.request, [...paths, ...downloads])).toEqual([...paths, ...downloads].map(() => 404));
});

test("a session that is revoked dies at its next request, on open pages too", async ({ page }) => {
  const scene = await createScene();
  const { number } = await prepared(scene, districtFiles({ seed: 10, students: 5 }));
  await signIn(page, scene.email);
  await page.goto(`/i/${scene.slug}/preview/runs/${number}/actions?entity=users&person=students`);
  const box = page.getByRole("checkbox", { name: /^Apply: add / }).first();
  await expect(box).toBeChecked();
  const elsewhere = await signedInPerson(scene);
  await elsewhere.api.session.signOutEverywhere.mutate();

  await box.click();
  await expect(page).toHaveURL(/\/login\?to=/);
  expect((await page.request.get(`/i/${scene.slug}/preview/runs/${number}/actions.csv`, { maxRedirects: 0 })).status()).not.toBe(200);
  const rows = await lookUp<{ n: number }>(
    "select count(*)::int as n from choices c join institutions i on i.id = c.institution_id where i.slug = $1",
    [scene.slug],
  );
  expect(rows[0]?.n).toBe(0);
});

/** A run of a delivery whose plan waits, made without the browser by the owner. */
async function prepared(scene: Scene, delivery: DemoDelivery): Promise<{ number: number; commitIt(): Promise<void> }> {
  const person = await signedInPerson({ ...scene, email: `owner@${scene.slug}.example` });
  const place = { institution: scene.slug, environment: "preview" } as const;
  const id = await upload(person, { place, feed: scene.feed, delivery });
  const number = await prepare(person, { place, feed: scene.feed, delivery: id, kind: "full" });
  return { number, commitIt: () => commit(person, { ...place, run: number }) };
}

function withNames(delivery: DemoDelivery): DemoDelivery {
  const named = (key: string, family: string): string =>
    Papa.unparse([[key, "", "", "true", "school-001", "student", key, "", "Ann", family, "", "", "", "", "", "", "09", ""]]);
  const rows = [
    ...PAYLOADS.map((name, index) => named(`named-${index}`, name)),
    ...LOOKALIKES.map(([name], index) => named(`alike-${index}`, name)),
  ];
  const files = delivery.files.map((file) =>
    file.name === "users.csv" ? { name: file.name, text: `${file.text}${rows.join("\n")}\n` } : file,
  );
  return { ...delivery, files };
}

/** Blanks at the ends of a value are no part of it. */
const shown = (name: string): string => name.replace(/\s+/g, " ").trim();

const statuses = (request: APIRequestContext, paths: readonly string[]): Promise<number[]> =>
  Promise.all(paths.map(async (path) => (await request.get(path, { maxRedirects: 0 })).status()));
