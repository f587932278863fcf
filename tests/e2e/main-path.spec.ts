import { expect, type Page, test } from "@playwright/test";
import { emptyRoster, expectRoster, expectRun } from "@/server/cli/demo-expected";
import { districtFiles, districtZip, readZip } from "./support/district";
import { commitWithoutBrowser } from "./support/first-commit";
import { stopAtPeople } from "./support/held-run";
import { commitButton, commitHere, confirmButton, drop, openRun, signIn, untilCommitted, untilReady, watchClicks } from "./support/journey";
import { changesOf, headOf, lookUp, relationshipsIn, shownCounts, withoutRefused } from "./support/report";
import { createScene, type Scene } from "./support/scene";

/** Mail link, Continue, Commit, the question's Commit; the drop is none. Five is what was promised, four is what it takes. */
const CLICKS_MAX = 4;
const SEED = 2027;
const STUDENTS = 320;

test("an institution admin comes from the mail's link to a committed roster in four clicks, and nothing commits without the last", async ({
  page,
  context,
}) => {
  const scene = await createScene();
  const monday = await districtZip({ seed: SEED, students: STUDENTS });
  const reading = await readZip(monday);
  const expected = expectRun(emptyRoster(), { delivery: reading, refusedUser: "" });
  await askForMail(page, scene);
  const mail = page.locator("pre").getByRole("link");
  const clicks = await watchClicks(context);
  await page.reload();

  await mail.click();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    "Nothing has been synced yet: send your files to see what they would change.",
  );
  const states = watchStates(page);
  // However fast the machine, the run is at work until the page was told so.
  const release = await stopAtPeople(scene);
  await drop(page, { name: "roster.zip", content: monday });
  await expect(page).toHaveURL(/\/runs\/1$/);
  await expect.poll(() => [...states], { timeout: 180_000 }).toContain("loading");
  await release();
  await untilReady(page);

  expect(states.size, `states that the page was told while the run was prepared: ${[...states]}`).toBeGreaterThan(1);
  expect(await shownCounts(page)).toEqual(withoutRefused(expected.counts));
  const changes = changesOf(expected.counts) + relationshipsIn(reading);
  await expect(commitButton(page)).toHaveText(new RegExp(`Commit ${changes.toLocaleString("en-US")} to`));
  expect(await headOf(scene.slug)).toBe(0);
  await commitButton(page).click();
  await expect(page.getByRole("dialog")).toContainText(scene.name);
  await expect(page.getByRole("dialog").getByRole("button", { name: "Go back" })).toBeFocused();
  expect(await decisionsOf(scene)).toEqual([]);
  expect(await headOf(scene.slug)).toBe(0);

  await confirmButton(page).click();
  await untilCommitted(page);
  expect(await headOf(scene.slug)).toBe(1);
  expect(clicks.length, clicks.join(", ")).toBeLessThanOrEqual(CLICKS_MAX);
  expect(clicks.filter((words) => words.includes("(invisible)"))).toEqual([]);
  await page.goto(`/i/${scene.slug}/preview`);
  const roster = page.getByRole("navigation", { name: "Institution" });
  for (const [kind, n] of Object.entries(expectRoster(expected.after)).filter(([kind]) => kind !== "enrollments")) {
    await expect(roster.getByRole("link", { name: new RegExp(`^${kind}`, "i") })).toHaveText(new RegExp(`${n.toLocaleString("en-US")}$`));
  }
});

test("what is refused takes along what needs it, stays out, and returns off with who refused it and when; who left is archived and reactivated", async ({
  page,
}) => {
  const scene = await createScene();
  const students = { seed: SEED + 1, students: STUDENTS };
  const zips = {
    monday: await districtZip(students),
    tuesday: await districtZip({
      ...students,
      alterations: { withoutStudents: new Set([10, 11]), renamedStudents: new Set([20, 21, 22]), addedStudents: 3 },
    }),
    wednesday: await districtZip({
      ...students,
      alterations: { withoutStudents: new Set([11]), renamedStudents: new Set([20, 21, 22]), addedStudents: 3 },
    }),
  };
  await commitWithoutBrowser(scene, districtFiles(students));
  await signIn(page, scene.email);
  const monday = expectRun(emptyRoster(), { delivery: await readZip(zips.monday), refusedUser: "" });

  await send(page, scene, { name: "tuesday.zip", content: zips.tuesday });
  const planned = expectRun(monday.after, { delivery: await readZip(zips.tuesday), refusedUser: "" });
  expect(await shownCounts(page)).toEqual(withoutRefused(planned.counts));
  await page
    .getByRole("row", { name: /^Students/ })
    .getByRole("link", { name: "3 add" })
    .click();
  const box = page.getByRole("checkbox", { name: /^Apply: add / }).first();
  const refused = ((await page.locator("tr[data-row]").first().getAttribute("data-row")) ?? "").replace("users ", "");
  const refusedName = ((await box.getAttribute("aria-label")) ?? "").replace("Apply: add ", "");
  const tuesday = expectRun(monday.after, { delivery: await readZip(zips.tuesday), refusedUser: refused });
  const waiting = tuesday.counts.enrollments.refused;
  expect(waiting).toBeGreaterThan(0);
  const total = Number(/\d+/.exec((await commitButton(page).textContent()) ?? "")?.[0]);
  await expect(box).toBeEnabled();
  expect(await box.evaluate((input: HTMLInputElement) => [input.click(), input.checked][1]), "a tick shows within its click").toBe(false);
  await expect(page.locator("#scope")).toContainText(`1 change is left out. ${waiting} enrollments wait with it.`);
  await expect(commitButton(page)).toHaveText(new RegExp(`Commit ${total - 1 - waiting} to`));

  await page.getByRole("button", { name: "Undo" }).click();
  await expect(box).toBeChecked();
  await expect(commitButton(page)).toHaveText(new RegExp(`Commit ${total} to`));
  const refusedOn = dayInChicago();
  await box.uncheck();
  await expect(commitButton(page)).toHaveText(new RegExp(`Commit ${total - 1 - waiting} to`));

  await page.getByRole("link", { name: new RegExp(`^Left out ${waiting + 1}`) }).click();
  await expect(page).toHaveURL(/show=off/);
  await page
    .getByRole("group", { name: "By type" })
    .getByRole("link", { name: /^Enrollments/ })
    .click();
  const followers = page.locator("tr[data-row].off");
  await expect(followers).toHaveCount(waiting);
  await expect(followers.first().locator(".c-why")).toHaveText(`waits for the person ${refusedName}, which is left out`);
  await expect(followers.first().getByRole("checkbox")).toBeDisabled();

  await commitHere(page);
  expect(await shownCounts(page)).toEqual(withoutRefused(tuesday.counts));
  expect(await headOf(scene.slug)).toBe(2);

  await send(page, scene, { name: "wednesday.zip", content: zips.wednesday });
  const wednesday = expectRun(tuesday.after, { delivery: await readZip(zips.wednesday), refusedUser: refused });
  expect(wednesday.counts.users.reactivate).toBe(1);
  await page
    .getByRole("row", { name: /^Students/ })
    .getByRole("link", { name: "1 reactivate" })
    .click();
  await expect(page.locator("tr[data-row] .c-why")).toHaveText("the same source key returned in users.csv");
  await page.getByRole("link", { name: new RegExp(`^Left out ${waiting + 1}`) }).click();
  await expect(page).toHaveURL(/show=off/);
  await page.getByRole("group", { name: "By action" }).getByRole("link", { name: "All actions" }).click();
  await expect(page).not.toHaveURL(/action=/);
  await page
    .getByRole("group", { name: "By type" })
    .getByRole("link", { name: /^Students/ })
    .click();
  const returned = page.locator("tr[data-row].off");
  await expect(returned).toHaveCount(1);
  await expect(returned.getByRole("checkbox")).not.toBeChecked();
  await expect(returned.getByRole("checkbox")).toBeEnabled();
  await expect(returned.locator(".c-why")).toHaveText(`refused by Dana Whitfield on ${refusedOn} and came back the same`);
  await commitHere(page);
  expect(await shownCounts(page)).toEqual(withoutRefused(wednesday.counts));
});

test("whoever presses Commit after a colleague chose is told so, and nothing is committed @all", async ({ page, browser }) => {
  const scene = await createScene();
  await signIn(page, scene.email);
  await drop(page, { name: "roster.zip", content: await districtZip({ seed: SEED + 2, students: 20 }) });
  await untilReady(page);
  const run = openRun(page);
  const other = await (await browser.newContext()).newPage();
  await signIn(other, `owner@${scene.slug}.example`);
  await other.goto(`/i/${scene.slug}/preview/runs/${run}`);

  await page.goto(`/i/${scene.slug}/preview/runs/${run}/actions?entity=users&person=students&action=add`);
  for (const index of [0, 1, 2]) {
    const box = page.getByRole("checkbox", { name: /^Apply: add / }).nth(index);
    await box.uncheck();
    await expect(page.locator("#scope")).toContainText(`${20 - 1 - index} of 20 changes`);
  }
  await commitButton(other).click();
  await confirmButton(other).click();
  await expect(other.getByRole("dialog").getByRole("alert")).toContainText("3 selections changed by Dana Whitfield since you opened this");
  expect(await headOf(scene.slug)).toBe(0);
  expect(await decisionsOf(scene)).toEqual([]);
  await other.context().close();
});

test("a double click on Commit commits once", async ({ page }) => {
  const scene = await createScene();
  await signIn(page, scene.email);
  await drop(page, { name: "roster.zip", content: await districtZip({ seed: SEED + 3, students: 20 }) });
  await untilReady(page);
  await commitButton(page).click();
  await confirmButton(page).dblclick();
  await untilCommitted(page);
  expect(await decisionsOf(scene)).toEqual(["commit"]);
  expect(await headOf(scene.slug)).toBe(1);
});

/** Asks for a sign-in mail in this browser and opens it in the outbox. */
async function askForMail(page: Page, scene: Scene): Promise<void> {
  await page.goto("/");
  await expect(page).toHaveURL(/\/login/);
  await page.getByLabel("Work e-mail").fill(scene.email);
  await page.getByRole("button", { name: "Send me a sign-in link" }).click();
  await expect(page.getByRole("status")).toContainText("Look in your mail.");
  await page.goto("/dev/mail");
  await page.getByRole("row", { name: scene.email }).getByRole("link").click();
  await expect(page.getByRole("heading", { name: "Text part" })).toBeVisible();
}

/** Sends the next delivery by the page for it, with the options as they stand. */
async function send(page: Page, scene: Scene, file: { name: string; content: Buffer }): Promise<void> {
  await page.goto(`/i/${scene.slug}/preview/upload`);
  await drop(page, file);
  await expect(page).toHaveURL(/\/runs\/\d+$/);
  await untilReady(page);
}

/** Every state of a run that the page is told of, as it watches. */
function watchStates(page: Page): ReadonlySet<string> {
  const states = new Set<string>();
  page.on("response", async (response) => {
    if (!response.url().includes("runs.progress")) return;
    const state = /"state":"(\w+)"/.exec(await response.text().catch(() => ""))?.[1];
    if (state) states.add(state);
  });
  return states;
}

async function decisionsOf(scene: Scene): Promise<string[]> {
  const rows = await lookUp<{ verb: string }>(
    "select d.verb from decisions d join institutions i on i.id = d.institution_id where i.slug = $1",
    [scene.slug],
  );
  return rows.map(({ verb }) => verb);
}

const dayInChicago = (): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "America/Chicago", month: "short", day: "numeric" }).format(new Date());
