import { expect, type Page, test } from "@playwright/test";
import type { DemoDelivery } from "@/server/cli/demo-district";
import { prepare, upload } from "@/server/cli/demo-play";
import { sampleDistrict } from "@/server/sources/oneroster-csv/sample";
import type { Person } from "@/server/trpc/person";
import { districtFiles } from "./support/district";
import { commitButton, signIn } from "./support/journey";
import { createScene, type Scene, signedInPerson } from "./support/scene";

const HTML_BYTES_MAX = 300 * 1024;

test("twenty thousand changes: small pages, every change once to the last page, all off and on again @all", async ({ page }) => {
  test.setTimeout(600_000);
  const plan = await planOf(districtFiles({ seed: 12, students: 2500 }));
  expect(plan.total).toBeGreaterThan(19_000);
  await pageToTheEnd(plan);
  await keepPagesSmall(plan);
  await turnAllOffAndOn(page, plan);
});

test("three hundred thousand changes: the same @huge", async ({ page }) => {
  test.setTimeout(1_800_000);
  const files = sampleDistrict({ size: "M", day: 1, seed: 12 }).map((file) => ({ name: file.name, text: [...file.chunks()].join("") }));
  const plan = await planOf({ day: "the day", kind: "full", files });
  expect(plan.total).toBeGreaterThan(300_000);
  await pageToTheEnd(plan);
  await keepPagesSmall(plan);
  await turnAllOffAndOn(page, plan);
});

interface Plan {
  readonly scene: Scene;
  readonly person: Person;
  readonly run: { institution: string; environment: "preview"; run: number };
  readonly path: string;
  readonly total: number;
}

async function planOf(delivery: DemoDelivery): Promise<Plan> {
  const scene = await createScene();
  const person = await signedInPerson(scene);
  const place = { institution: scene.slug, environment: "preview" } as const;
  const id = await upload(person, { place, feed: scene.feed, delivery });
  const run = { ...place, run: await prepare(person, { place, feed: scene.feed, delivery: id, kind: "full" }) };
  const { total } = await person.api.changes.list.query({ ...run, limit: 1 });
  return { scene, person, run, path: `/i/${scene.slug}/preview/runs/${run.run}/actions`, total };
}

/** Follows the cursor from the first page to the one that has none. */
async function pageToTheEnd({ person, run, total }: Plan): Promise<void> {
  const seen = new Set<string>();
  let after: string | undefined;
  do {
    const page = await person.api.changes.list.query({ ...run, limit: 200, ...(after === undefined ? {} : { after }) });
    for (const { entity, sourceKey } of page.rows) seen.add(`${entity} ${sourceKey}`);
    after = page.nextCursor ?? undefined;
  } while (after !== undefined);
  expect(seen.size).toBe(total);
}

async function keepPagesSmall({ person, path }: Plan): Promise<void> {
  for (const query of ["", "?limit=100", "?limit=200", "?entity=enrollments", "?entity=users&person=students&limit=200"]) {
    const html = await (await person.request(path + query)).text();
    expect(html).toContain("Filter changes");
    expect(Buffer.byteLength(html), `${path}${query}`).toBeLessThanOrEqual(HTML_BYTES_MAX);
  }
}

/** In the browser: pages forward and back say where they are, and one box stands for the whole plan. */
async function turnAllOffAndOn(page: Page, { scene, path, total }: Plan): Promise<void> {
  const all = total.toLocaleString("en-US");
  await signIn(page, scene.email);
  await page.goto(`${path}?limit=200`);
  const pages = page.getByRole("navigation", { name: "Pages" });
  await expect(page.locator("tr[data-row]")).toHaveCount(200);
  await pages.getByRole("link", { name: "Next 200" }).click();
  await expect(pages).toContainText(`201 to 400 of ${all}`);
  await expect(page.locator("tr[data-row]")).toHaveCount(200);
  await pages.getByRole("link", { name: "Previous" }).click();
  await expect(pages).toContainText(`1 to 200 of ${all}`);
  await page.getByRole("checkbox", { name: `All ${all} changes of this run` }).uncheck();
  await expect(page.locator("#scope")).toContainText(`0 of ${all} changes selected. All ${all} changes of this plan are left out.`, {
    timeout: 180_000,
  });
  await expect(page.getByRole("button", { name: `Keep ${all} refusals, commit nothing…` })).toBeVisible();
  await expect(page.locator("tr[data-row].off")).toHaveCount(200);
  await page.reload();
  await expect(page.locator("#scope")).toContainText(`0 of ${all} changes selected.`);
  await page.getByRole("checkbox", { name: `All ${all} changes of this run` }).check();
  await expect(page.locator("#scope")).toContainText(`${all} of ${all} changes selected.`, { timeout: 180_000 });
  await expect(commitButton(page)).toHaveText(new RegExp(`Commit ${all} to`));
  await expect(page.locator("tr[data-row].off")).toHaveCount(0);
}
