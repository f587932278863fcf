import { type Browser, expect, type Page, test } from "@playwright/test";
import { districtFiles, districtZip } from "./support/district";
import { commitWithoutBrowser } from "./support/first-commit";
import { commitHere, drop, openRun, signIn, untilReady } from "./support/journey";
import { createScene, type Scene } from "./support/scene";
import { createStaffPerson, type StaffPerson, signInStaff } from "./support/staff";

const SEED = 2031;
const STUDENTS = 120;
const FEW = 40;
/** Seventeen people who were renamed since the snapshot: the drift. */
const DRIFT: ReadonlySet<number> = new Set(Array.from({ length: 17 }, (_, index) => 20 + index));
const GONE: ReadonlySet<number> = new Set([3, 4, 5, 6, 7]);

test("somebody of the vendor lets a snapshot go live, and the institution has the last word", async ({ page, browser }) => {
  const scene = await committedInPreview();
  const staff = await createStaffPerson("approver", "Priya Raman");
  await signIn(page, scene.email);
  await request(page, scene, "The counts agree with our SIS.");
  const vendor = await inAnotherBrowser(browser, staff);
  await openApproval(vendor, staff, scene);
  await expect(vendor.getByRole("row", { name: /^Students/ })).toContainText(String(FEW));
  await vendor.getByRole("button", { name: "Approve for Production…" }).click();
  await vendor.getByRole("dialog").getByRole("button", { name: "Approve for Production" }).click();
  await expect(vendor.getByRole("heading", { level: 1 })).toHaveText(`Promotion 1 of ${scene.name}`);
  await vendor.context().close();

  await page.goto(`/i/${scene.slug}/promote`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${scene.name} is live. Is Production as it should be?`, {
    timeout: 180_000,
  });
  await page.getByRole("button", { name: "Production is right" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Production is live and confirmed");
  expect(await students(page, scene)).toHaveLength(FEW);
});

test("two rounds to Production, a drift of seventeen, a bad commit there and its undo: the roster is as it was @all", async ({
  page,
  browser,
}) => {
  test.setTimeout(360_000);
  const scene = await createScene();
  const staff = await createStaffPerson("approver", "Priya Raman");
  const day = (alterations = {}) => districtZip({ seed: SEED, students: STUDENTS, alterations });
  const [monday, tuesday, bad] = [
    await day(),
    await day({ renamedStudents: DRIFT }),
    await day({ renamedStudents: DRIFT, withoutStudents: GONE }),
  ];

  await signIn(page, scene.email);
  await drop(page, { name: "monday.zip", content: monday });
  await untilReady(page);
  await commitHere(page);
  await request(page, scene, "The counts agree with our SIS.");
  await page.screenshot({ path: "test-results/promote-asked.png", fullPage: true });

  const vendor = await inAnotherBrowser(browser, staff);
  await openApproval(vendor, staff, scene);
  await expect(vendor.getByRole("row", { name: /^Students/ })).toContainText(String(STUDENTS));
  await vendor.screenshot({ path: "test-results/approval.png", fullPage: true });
  await vendor.getByRole("button", { name: "Request changes…" }).click();
  const answer = vendor.getByRole("dialog");
  await answer.getByLabel("What to change, or why not").fill("Is the year right?");
  await answer.getByRole("button", { name: "Request changes" }).click();
  await expect(vendor.getByText("Changes asked").first()).toBeVisible();

  await page.goto(`/i/${scene.slug}/promote`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("The vendor asks for changes");
  // At the top, and among what was said.
  await expect(page.getByText("Is the year right?")).toHaveCount(2);
  await request(page, scene, "It is.");

  // Tuesday's files are prepared, and wait: Preview commits nothing by itself while the vendor decides.
  await page.goto(`/i/${scene.slug}/preview/upload`);
  await expect(page.getByText("The vendor decides about promotion 1.")).toBeVisible();
  await drop(page, { name: "tuesday.zip", content: tuesday });
  await expect(page).toHaveURL(/\/runs\/2$/);
  await untilReady(page);

  await openApproval(vendor, staff, scene);
  await expect(vendor.getByRole("heading", { name: "Drift: 17 changes since the snapshot" })).toBeVisible();
  const approve = vendor.getByRole("button", { name: "Approve for Production…" });
  await expect(approve).toHaveAttribute("aria-disabled", "true");
  await vendor.getByRole("checkbox", { name: /I have read the 17 changes/ }).check();
  await vendor.getByRole("button", { name: "Show a few" }).click();
  await expect(vendor.locator(".sample-list li").first()).toBeVisible();
  await approve.click();
  await vendor.screenshot({ path: "test-results/approve-dialog.png" });
  await vendor.getByRole("dialog").getByRole("button", { name: "Approve for Production" }).click();
  await expect(vendor.getByRole("heading", { level: 1 })).toHaveText(`Promotion 1 of ${scene.name}`);

  await page.goto(`/i/${scene.slug}/promote`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${scene.name} is live. Is Production as it should be?`, {
    timeout: 180_000,
  });
  await page.screenshot({ path: "test-results/promote-live.png", fullPage: true });
  await page.getByRole("button", { name: "Production is right" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Production is live and confirmed");

  // The accepted drift follows by itself: run 3 brought the snapshot, run 4 the newest files.
  await page.goto(`/i/${scene.slug}/production/runs/4`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Run 4: 17 changes were committed", { timeout: 180_000 });
  const before = await students(page, scene);
  expect(before).toHaveLength(STUDENTS);

  // A bad delivery is committed in Production, and undone with a reason.
  await page.goto(`/i/${scene.slug}/production/upload`);
  await drop(page, { name: "bad.zip", content: bad });
  await expect(page).toHaveURL(/\/production\/runs\/5$/);
  await untilReady(page);
  await commitInProduction(page);
  expect(await students(page, scene)).toHaveLength(STUDENTS - GONE.size);
  await page.goto(`/i/${scene.slug}/production/runs/5`);
  await page.getByRole("button", { name: "Undo this commit…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Prepare the undo" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel("Reason").fill("The export lacked five students");
  await page.screenshot({ path: "test-results/undo-dialog.png" });
  await dialog.getByRole("button", { name: "Prepare the undo" }).click();
  await expect(page).toHaveURL(/\/production\/runs\/6$/);
  await untilReady(page);
  await expect(page.getByText("The export lacked five students").first()).toBeVisible();
  await page.screenshot({ path: "test-results/undo-report.png", fullPage: true });
  await commitInProduction(page);
  expect(await students(page, scene)).toEqual(before);

  // Automatic runs are paused since, and somebody lets them go on.
  await page.goto(`/i/${scene.slug}/production`);
  await page.screenshot({ path: "test-results/status-paused.png", fullPage: true });
  await page.getByRole("button", { name: "Let them go on" }).click();
  await expect(page.getByText("Automatic runs are paused")).toHaveCount(0);

  // The same files again: what was undone is off.
  await page.goto(`/i/${scene.slug}/production/upload`);
  await drop(page, { name: "bad.zip", content: bad });
  await expect(page.getByText("run 6 undid it: what was undone comes again as left out.")).toBeVisible();
  await page.getByRole("button", { name: "Prepare it once more" }).click();
  await expect(page).toHaveURL(/\/production\/runs\/7$/);
  await untilReady(page);
  await page.goto(`/i/${scene.slug}/production/runs/${openRun(page)}/actions?entity=users&person=students`);
  await expect(page.locator("tr[data-row].off")).toHaveCount(GONE.size);
  await vendor.context().close();
});

test("a commit by hand in Preview while the vendor decides takes a word, and ends the request", async ({ page }) => {
  const scene = await committedInPreview();
  await signIn(page, scene.email);
  await request(page, scene, "");
  await page.goto(`/i/${scene.slug}/preview/upload`);
  await drop(page, { name: "tuesday.zip", content: await districtZip({ seed: SEED, students: FEW, alterations: { addedStudents: 2 } }) });
  await untilReady(page);
  await page.getByRole("button", { name: /^Commit [\d,]+ to Preview…$/ }).click();
  const dialog = page.getByRole("dialog");
  const yes = dialog.getByRole("button", { name: /^Commit [\d,]+ to Preview$/ });
  await yes.click();
  await expect(dialog.getByRole("alert")).toContainText("Promotion 1 waits for a decision");
  await expect(yes).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel("Type supersede to commit all the same").fill("supersede");
  await yes.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/committed/, { timeout: 180_000 });
  await page.goto(`/i/${scene.slug}/promote`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Preview moved, so the last request ended");
});

async function committedInPreview(): Promise<Scene> {
  const scene = await createScene();
  await commitWithoutBrowser(scene, districtFiles({ seed: SEED, students: FEW }));
  return scene;
}

async function request(page: Page, scene: Scene, note: string): Promise<void> {
  await page.goto(`/i/${scene.slug}/promote`);
  await page.getByRole("button", { name: /^Confirm and request/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("checkbox", { name: /The counts agree/ }).check();
  await dialog.getByLabel(/^Note to the approver/).fill(note);
  await dialog.getByRole("button", { name: "Confirm and request" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("The vendor is asked, and has not decided yet");
  // What the approver decides about is computed by itself.
  await expect(page.getByText("Snapshot is the newest commit in Preview")).toBeVisible({ timeout: 180_000 });
}

async function inAnotherBrowser(browser: Browser, staff: StaffPerson): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await signInStaff(page, staff);
  return page;
}

async function openApproval(page: Page, staff: StaffPerson, scene: Scene): Promise<void> {
  // Every test has an institution of the same name; ours is told apart by its address.
  const { waiting } = await staff.person.api.vendor.approvals.queue.query();
  const ours = waiting.find(({ institution }) => institution.slug === scene.slug);
  await page.goto("/vendor/approvals");
  await page.locator(`a[href="/vendor/approvals/${ours?.id}"]`).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Should ${scene.name} go live with this roster?`);
}

async function commitInProduction(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Commit [\d,]+ to Production…$/ }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Commit [\d,]+ to Production$/ })
    .click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/committed/, { timeout: 180_000 });
}

/** The names of all students of Production, as the list shows them. */
async function students(page: Page, scene: Scene): Promise<string[]> {
  const names: string[] = [];
  await page.goto(`/i/${scene.slug}/production/students`);
  for (;;) {
    const rows = page.locator("main table tbody tr");
    await expect(rows.first()).toBeVisible();
    names.push(...(await rows.locator("th").allTextContents()));
    const next = page.getByRole("link", { name: "Next" });
    if ((await next.count()) === 0) return names.toSorted();
    const href = await next.first().getAttribute("href");
    if (href === null) return names.toSorted();
    await page.goto(new URL(href, page.url()).toString());
  }
}
