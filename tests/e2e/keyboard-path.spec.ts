import { randomBytes } from "node:crypto";
import { expect, type Page, test } from "@playwright/test";
import { totpCode } from "@/server/auth/totp";
import { districtZip } from "./support/district";
import { commitButton, confirmButton, untilCommitted, untilReady } from "./support/journey";
import { expectTrap, press, skipToMain, tabTo, type } from "./support/keyboard";
import { newAddress, operatorAddsStaff, ownBrowser, picture } from "./support/personas";

const STEP_MS = 30_000;

test("from sign-up to Production by the keyboard alone, for both sides", { tag: "@all" }, async ({ page: ana, browser }) => {
  test.setTimeout(600_000);
  const name = `Harlow ${randomBytes(4).toString("hex")}`;
  const email = newAddress("ana");

  await test.step("sign-up", async () => {
    await ana.goto("/signup");
    await skipToMain(ana);
    await type(ana, ana.getByLabel("Your name"), "Ana Lee");
    await type(ana, ana.getByLabel("Work e-mail"), email);
    await type(ana, ana.getByLabel("Institution", { exact: true }), name);
    await press(ana, ana.getByRole("button", { name: "Create institution" }));
    await expect(ana.getByRole("status")).toContainText("Look in your mail.");
    await pressLinkOfMail(ana, email);
    await press(ana, ana.getByRole("button", { name: "Continue" }));
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText(`Where does ${name} keep its roster?`);
  });
  const slug = /\/i\/([^/]+)\//.exec(ana.url())?.[1] ?? "";

  await test.step("set-up and the files", async () => {
    await skipToMain(ana);
    await press(ana, ana.getByRole("button", { name: /^OneRoster CSV/ }));
    await expect(ana).toHaveURL(/\/setup\/connect/);
    const chosen = ana.waitForEvent("filechooser");
    await press(ana, ana.getByRole("button", { name: "Choose files…" }));
    const zip = await districtZip({ seed: 55, students: 20 });
    await (await chosen).setFiles({ name: "roster.zip", mimeType: "application/zip", buffer: zip });
    await expect(ana).toHaveURL(/\/runs\/1$/);
    await untilReady(ana);
  });

  await test.step("review: a tick off and on again, the kinds by arrows", async () => {
    await skipToMain(ana);
    await press(ana, ana.getByRole("link", { name: /^Review [\d,]+ changes$/ }));
    await expect(ana).toHaveURL(/\/actions/);
    const box = ana.getByRole("checkbox", { name: /^Apply: / }).first();
    await expect(box).toBeEnabled();
    await press(ana, box, "Space");
    await expect(box).not.toBeChecked();
    await picture(ana, "keyboard-review");
    await press(ana, box, "Space");
    await expect(box).toBeChecked();
    const rows = ana.getByRole("combobox", { name: "Rows" });
    await tabTo(ana, rows);
    const shown = await rows.inputValue();
    await ana.keyboard.press("ArrowDown");
    await expect(rows).not.toHaveValue(shown);
  });

  await test.step("commit, after a question that keeps the focus and gives it back", async () => {
    await ana.goto(`/i/${slug}/preview/runs/1`);
    await expectTrap(ana, commitButton(ana));
    await press(ana, commitButton(ana));
    await press(ana, confirmButton(ana));
    await untilCommitted(ana);
  });

  await test.step("confirm and ask for Production", async () => {
    await press(ana, ana.getByRole("navigation", { name: "Institution" }).getByRole("link", { name: "Promote" }));
    await expect(ana).toHaveURL(/\/promote$/);
    const ask = ana.getByRole("button", { name: /^Confirm and request/ });
    await expectTrap(ana, ask);
    await press(ana, ask);
    const dialog = ana.getByRole("dialog");
    await press(ana, dialog.getByRole("checkbox", { name: /The counts agree/ }), "Space");
    await type(ana, dialog.getByLabel(/^Note to the approver/), "By the keyboard.");
    await press(ana, dialog.getByRole("button", { name: "Confirm and request" }));
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText("The vendor is asked, and has not decided yet");
    await expect(ana.getByText("Snapshot is the newest commit in Preview")).toBeVisible({ timeout: 60_000 });
  });

  await test.step("the vendor's side: second factor, queue, approval", async () => {
    const sam = await ownBrowser(browser);
    const { pathname, search } = new URL(await operatorAddsStaff(newAddress("admin"), "Sam Ortiz"));
    await sam.goto(pathname + search);
    await press(sam, sam.getByRole("button", { name: "Continue" }));
    await enrol(sam);
    await skipToMain(sam);
    await press(sam, sam.getByRole("navigation", { name: "Staff console" }).getByRole("link", { name: /^Approvals/ }));
    await expect(sam).toHaveURL(/\/vendor\/approvals$/);
    await press(sam, sam.getByRole("row").filter({ hasText: name }).getByRole("link").first());
    await expect(sam.getByRole("heading", { level: 1 })).toHaveText(`Should ${name} go live with this roster?`);
    await expectTrap(sam, sam.getByRole("button", { name: "Request changes…" }));
    const approve = sam.getByRole("button", { name: "Approve for Production…" });
    await expectTrap(sam, approve);
    await picture(sam, "keyboard-approval");
    await press(sam, approve);
    await press(sam, sam.getByRole("dialog").getByRole("button", { name: "Approve for Production" }));
    await expect(sam.getByRole("heading", { level: 1 })).toHaveText(`Promotion 1 of ${name}`);
    await sam.context().close();
  });

  await test.step("Production is live, and somebody says so", async () => {
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText(/is live\. Is Production as it should be\?$/, { timeout: 90_000 });
    await press(ana, ana.getByRole("button", { name: "Production is right" }));
    await expect(ana.getByRole("heading", { level: 1 })).toHaveText("Production is live and confirmed");
    await picture(ana, "keyboard-live");
  });
});

/** The newest mail to an address, and its link. */
async function pressLinkOfMail(page: Page, to: string): Promise<void> {
  await page.goto("/dev/mail");
  await page.goto((await page.getByRole("row").filter({ hasText: to }).first().getByRole("link").getAttribute("href")) ?? "");
  await press(page, page.locator("pre").getByRole("link").first());
}

async function enrol(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/vendor\/sign-in/);
  await press(page, page.getByRole("button", { name: "Set up an app" }));
  const secret = ((await page.locator("code.secret").textContent()) ?? "").replace(/\s/g, "");
  const code = page.getByLabel("Code that the app shows now");
  await type(page, code, "000000");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "not the code" })).toBeVisible();
  await tabTo(page, code);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(totpCode(secret, new Date(Date.now() - STEP_MS)));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Keep these recovery codes" })).toBeVisible();
  await press(page, page.getByRole("link", { name: "I kept them, go on" }));
  await expect(page).toHaveURL(/\/vendor$/);
}
