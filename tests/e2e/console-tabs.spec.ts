import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { commit, prepare, upload } from "@/server/cli/demo-play";
import type { Person } from "@/server/trpc/person";
import { districtFiles } from "./support/district";
import { faultsOf, sidewaysOf } from "./support/inspect";
import { signIn } from "./support/journey";
import { createScene, type Scene, signedInPerson } from "./support/scene";
import { createStaffPerson, signInStaff } from "./support/staff";

const STUDENTS = 120;

/** Files of one day, sent and prepared by a person without a browser. */
async function prepared(scene: Scene, person: Person, delivery: ReturnType<typeof districtFiles>): Promise<number> {
  const place = { institution: scene.slug, environment: "preview" } as const;
  const id = await upload(person, { place, feed: scene.feed, delivery });
  return prepare(person, { place, feed: scene.feed, delivery: id, kind: "full" });
}

async function committed(scene: Scene, person: Person, delivery: ReturnType<typeof districtFiles>): Promise<number> {
  const place = { institution: scene.slug, environment: "preview" } as const;
  const number = await prepared(scene, person, delivery);
  await commit(person, { ...place, run: number });
  return number;
}

/** The same files in which two students' e-mails are no addresses: the value is dropped, the row goes its way. */
function withWarnings(delivery: ReturnType<typeof districtFiles>): ReturnType<typeof districtFiles> {
  let left = 2;
  const spoiled = (line: string): string => {
    if (left === 0 || !line.includes("student") || !line.includes("@")) return line;
    left -= 1;
    return line.replace(/[^",@]+@[^",]+/, "no-address");
  };
  const files = delivery.files.map(({ name, text }) => ({
    name,
    text: name === "users.csv" ? text.split("\n").map(spoiled).join("\n") : text,
  }));
  return { ...delivery, files };
}

/** Looks at the page as it is: nothing inaccessible in either colour, nothing sideways on a phone, and pictures of it. */
async function look(page: Page, name: string): Promise<void> {
  // What was opened before may have scrolled the page, and the bar that stays on top then covers a link.
  await page.evaluate(() => scrollTo(0, 0));
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect.soft(await faultsOf(page), `${name}, ${colorScheme}`).toEqual([]);
    await page.screenshot({ path: test.info().outputPath(`${name}-${colorScheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 375, height: 800 });
  expect.soft(await sidewaysOf(page), `${name} at 375`).toEqual([]);
  await page.screenshot({ path: test.info().outputPath(`${name}-375.png`), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 900 });
}

test("an admin finds counts, warnings, options and organizations, and stops the feed and starts it again", { tag: "@all" }, async ({
  page,
}) => {
  test.setTimeout(400_000);
  const scene = await createScene();
  const person = await signedInPerson(scene);
  await committed(scene, person, districtFiles({ seed: 7, students: STUDENTS }));
  const second = await prepared(
    scene,
    person,
    withWarnings(districtFiles({ seed: 7, students: STUDENTS, alterations: { addedStudents: 3 } })),
  );
  const base = `/i/${scene.slug}/preview`;
  await signIn(page, scene.email);

  await test.step("Overview: each count opens its list, and the drawing has its figures beside it", async () => {
    await page.goto(base);
    await page.getByRole("navigation", { name: "Institution" }).getByRole("link", { name: "Overview" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText(`Preview has ${STUDENTS} students`);
    await expect(page.getByRole("img", { name: /^Students, last 2 runs/ })).toBeVisible();
    await page.getByText("The figures as a table").click();
    await expect(page.getByRole("table", { name: "Rows read by run" }).getByRole("row")).toHaveCount(3);
    await look(page, "overview");
    await page
      .getByRole("table", { name: "Counts" })
      .getByRole("link", { name: String(STUDENTS), exact: true })
      .click();
    await expect(page).toHaveURL(/\/students$/);
  });

  await test.step("Log: a warning unfolds at its action, and comes as a file", async () => {
    await page.goto(`${base}/log?run=${second}`);
    await page.getByRole("group", { name: "By code" }).getByRole("link").first().click();
    const row = page.getByRole("table", { name: "Warnings by action" }).getByRole("row").nth(1);
    await row.locator("summary").click();
    await expect(row.locator("li").first()).toContainText(/\.csv:\d+/);
    await look(page, "log");
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "These warnings as CSV" }).click();
    const path = await (await download).path();
    expect(readFileSync(path, "utf8").split("\r\n").length).toBeGreaterThan(2);
    await page.goto(`${base}/runs/${second}/log`);
    await expect(page.getByRole("heading", { level: 1 })).toContainText(`of run ${second}`);
  });

  await test.step("Configure: what a change would do is a plan, and nothing is saved before somebody says so", async () => {
    await page.getByRole("navigation", { name: "Institution" }).getByRole("link", { name: "Configure" }).click();
    const share = page.getByLabel("Hold when more than this share would be archived");
    await expect(share).toHaveValue("10");
    await look(page, "configure");
    await share.fill("4");
    await expect(page.getByText("1 option changed and not saved yet.")).toBeVisible();
    await page.getByRole("button", { name: "See what would change first" }).click();
    await expect(page).toHaveURL(/\/runs\/\d+$/);
    await expect(page.getByText("Prepared with options that are not saved.")).toBeVisible({ timeout: 90_000 });
    await page.goto(`/i/${scene.slug}/configure`);
    await expect(share).toHaveValue("10");
    await share.fill("4");
    await page.getByRole("button", { name: "Save for Preview" }).click();
    await expect(page.getByText("Everything here is saved.")).toBeVisible();
    await page.reload();
    await expect(share).toHaveValue("4");
  });

  await test.step("Organizations: made of the schools, in their hierarchy, with the changes of the last commit", async () => {
    await page.getByRole("link", { name: "Schools, organizations and what they are called" }).click();
    await page.getByRole("button", { name: /^Auto create \d+ organizations…$/ }).click();
    await page.getByRole("button", { name: "Yes, create" }).click();
    await expect(page.getByText("Every school has one")).toBeVisible();
    await look(page, "configure-organizations");
    const below = page.getByLabel("Willow Creek High School stands below");
    // The one that it stands below, and nothing: the others come when somebody turns to it.
    await expect(below.locator("option")).toHaveCount(2);
    await below.focus();
    await below.selectOption("Maple Grove Elementary School");
    await expect(below).toBeEnabled();
    await page.reload();
    await expect(below.locator("option:checked")).toHaveText("Maple Grove Elementary School");
    await page.getByLabel("Classes", { exact: true }).selectOption("Sections");
    await expect(page.getByRole("navigation", { name: "Institution" }).getByRole("link", { name: /^Sections/ })).toBeVisible();
    await page.getByRole("navigation", { name: "Institution" }).getByRole("link", { name: "Organizations" }).click();
    const table = page.getByRole("table", { name: "Organizations" });
    await expect(table.getByRole("columnheader", { name: "Sections" })).toBeVisible();
    await look(page, "organizations");
    await table.getByRole("row").last().getByRole("link").first().click();
    await look(page, "organization");
    await page.getByRole("link", { name: /^Students of / }).click();
    await expect(page).toHaveURL(/\/students\?school=/);
  });

  await test.step("Disable: only with the feed's name typed; rows stay, runs stop, and it can be enabled again", async () => {
    const place = { institution: scene.slug, environment: "preview" } as const;
    const { rows } = await person.api.runs.list.query({ ...place, state: ["ready", "held"] });
    for (const { number } of rows) await person.api.runs.discard.mutate({ ...place, run: number });
    await expect.poll(async () => (await person.api.runs.list.query({ ...place, state: ["ready", "held"] })).rows.length).toBe(0);
    await page.goto(base);
    await page.getByRole("link", { name: "Disable SIS export…" }).click();
    await page.getByRole("button", { name: "Disable…" }).click();
    const confirm = page.getByRole("button", { name: "Disable this feed" });
    await page.getByLabel("Type SIS export to confirm").fill("sis");
    await expect(confirm).toHaveAttribute("aria-disabled", "true");
    await page.getByLabel("Type SIS export to confirm").fill("SIS export");
    await confirm.click();
    await expect(page.getByText("This feed is switched off")).toBeVisible();
    await page.goto(base);
    await expect(page.getByText("switched off")).toBeVisible();
    await expect(page.getByRole("button", { name: "Sync now…" })).toHaveCount(0);
    await page.getByRole("link", { name: "Enable SIS export" }).click();
    await page.getByRole("button", { name: "Enable SIS export" }).click();
    await expect(page.getByRole("button", { name: "Disable…" })).toBeVisible();
  });
});

test("staff take an institution out of the queue, write about it, set its limits, and invite another one", { tag: "@all" }, async ({
  page,
}) => {
  test.setTimeout(300_000);
  const scene = await createScene();
  const person = await signedInPerson(scene);
  await prepared(scene, person, districtFiles({ seed: 9, students: 30 }));
  const staff = await createStaffPerson("admin", "Priya Raman");
  await signInStaff(page, staff);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("for Production");
  await look(page, "queue");

  await page.getByRole("navigation", { name: "Staff console" }).getByRole("link", { name: "Institutions" }).click();
  await page.getByLabel("Find an institution").fill(scene.slug);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row", { name: /Harlow Valley/ })).toContainText("Reviewing Preview");
  await look(page, "institutions");
  await page.getByRole("link", { name: scene.name }).click();

  await page.getByRole("combobox", { name: "Owner" }).selectOption({ label: "Priya Raman" });
  await expect(page.getByText("Said who of the vendor looks after this institution").first()).toBeVisible();
  await page.getByLabel("A note for your colleagues").fill("Their registrar is back on Monday.");
  await page.getByRole("button", { name: "Keep this note" }).click();
  await expect(page.getByText("Their registrar is back on Monday.", { exact: true })).toBeVisible();
  await page.getByLabel("Rows of one file").fill("20");
  await page.getByLabel("Reason").fill("A trial of one month");
  await page.getByRole("button", { name: "Save the limits" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await look(page, "institution");

  await page.getByRole("navigation", { name: "Staff console" }).getByRole("link", { name: "Limits" }).click();
  await expect(page.getByRole("row", { name: /Harlow Valley.*20 rows/ }).first()).toBeVisible();
  await look(page, "limits");
  await page.getByRole("navigation", { name: "Staff console" }).getByRole("link", { name: "Runs" }).click();
  await expect(page.getByRole("table", { name: "Runs" })).toContainText("Harlow Valley Unified");
  await look(page, "runs");

  await page.goto("/vendor/institutions");
  await page.getByRole("button", { name: "Invite an institution…" }).click();
  await page.getByLabel("Name of the institution").fill("Cedar Bluff Charter");
  await page.getByLabel("E-mail of its first owner").fill(`owner@cedar-${scene.slug}.example`);
  await page.getByRole("button", { name: "Send the invitation" }).click();
  await expect(page.getByText(/An invitation went to owner@cedar/)).toBeVisible();
  await expect(page.getByRole("row", { name: /Cedar Bluff Charter/ }).first()).toContainText("Invited");
});
