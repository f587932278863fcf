import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GET as actions } from "@/app/(console)/i/[institution]/[environment]/runs/[run]/actions.csv/route";
import { GET as badRows } from "@/app/(console)/i/[institution]/[environment]/runs/[run]/bad-rows.csv/route";
import { GET as log } from "@/app/(console)/i/[institution]/[environment]/runs/[run]/log.csv/route";
import { GET as auditFile } from "@/app/(console)/i/[institution]/settings/audit/audit.csv/route";
import { signInLink } from "@/server/services/sign-in/link-for";
import { addStaff } from "@/server/services/vendor/add-staff";
import { deliver } from "@/tests/intake/support";
import { openBrowser, type TestBrowser } from "@/tests/support/browser";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { sourceFiles } from "@/tests/support/source-files";
import { type Scene, setScene } from "./scene";

let db: TestDatabase;
let a: Scene;
let b: Scene;
beforeAll(async () => {
  db = await createDatabase();
  [a, b] = [await sceneWithBadRow(), await sceneWithBadRow()];
});
afterAll(() => db.close());

test("every door that is no procedure is known, and tried for strangers in the file named beside it", () => {
  const doors = {
    "app/(console)/i/[institution]/[environment]/runs/[run]/actions.csv/route.ts": "tests/tenancy/doors.test.ts",
    "app/(console)/i/[institution]/[environment]/runs/[run]/bad-rows.csv/route.ts": "tests/tenancy/doors.test.ts",
    "app/(console)/i/[institution]/[environment]/runs/[run]/log.csv/route.ts": "tests/tenancy/doors.test.ts",
    "app/(console)/i/[institution]/settings/audit/audit.csv/route.ts": "tests/tenancy/doors.test.ts",
    "app/(console)/i/[institution]/settings/data/export/[export]/route.ts": "tests/api/export.test.ts",
    "app/api/auth/[...nextauth]/route.ts": "tests/api/sign-in.test.ts",
    // Says that the process lives, to everyone, and nothing else.
    "app/api/health/route.ts": null,
    "app/api/metrics/route.ts": "tests/api/metrics.test.ts",
    "app/api/trpc/[trpc]/route.ts": "tests/api/forged.test.ts",
    "app/api/uploads/[delivery]/[file]/route.ts": "tests/intake/upload-door.test.ts",
    "app/certificate/[token]/file/route.ts": "tests/api/deletion.test.ts",
    // Made-up files, the same for everyone.
    "app/help/examples/[source]/[kind]/route.ts": "tests/api/onboarding.test.ts",
    "app/dev/mail/[id]/html/route.ts": "server/notify/list-mails.test.ts",
  };
  const files = sourceFiles().map(({ path }) => path);
  expect(files.filter((path) => /(^|\/)route\.tsx?$/.test(path)).toSorted()).toEqual(Object.keys(doors).toSorted());
  for (const tried of Object.values(doors)) if (tried !== null) expect(files).toContain(tried);
});

test("a hundred requests of two institutions in turn, and at once, each get their own answer (T6)", async () => {
  const scenes = [a, b];
  const browsers = [await signedInBrowser(a.owner.email), await signedInBrowser(b.owner.email)];
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const { data } = (await browsers[index % 2]?.query("session.get")) ?? {};
      return (
        JSON.stringify(data).includes(scenes[index % 2]?.ids.institution ?? "?") &&
        !JSON.stringify(data).includes(scenes[(index + 1) % 2]?.ids.institution ?? "?")
      );
    }),
  );
  expect(answers.filter((isOwn) => isOwn)).toHaveLength(100);
});

describe.each([
  ["actions.csv", actions],
  ["bad-rows.csv", badRows],
  ["log.csv", log],
] as const)("the download %s (T5)", (name, door) => {
  const asked = (browser: TestBrowser, of: { institution: string; environment: string; run: string }): Promise<Response> => {
    const url = `http://localhost:3000/i/${of.institution}/${of.environment}/runs/${of.run}/${name}`;
    const cookie = [...browser.cookies].map(([key, value]) => `${key}=${value}`).join("; ");
    return door(new Request(url, { headers: { cookie } }), { params: Promise.resolve(of) });
  };
  const placeOf = (scene: Scene) => ({ institution: scene.ids.institution, environment: "preview", run: String(scene.ids.readyRun) });
  const answerOf = async (response: Response) => ({ status: response.status, text: await response.text() });

  test("is an attachment that nobody keeps, for members who may read runs", async () => {
    for (const email of [a.owner.email, a.viewer.email]) {
      const response = await asked(await signedInBrowser(email), placeOf(a));
      expect(response.status).toBe(200);
      expect(response.headers.get("content-disposition")).toMatch(/^attachment; filename="[\w.-]+\.csv"$/);
      expect(response.headers.get("cache-control")).toBe("private, no-store");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(await response.text()).toContain(",");
    }
  });

  test("leads to the sign-in page and back for whoever is not signed in", async () => {
    const response = await asked(openBrowser(), placeOf(a));
    expect(response.status).toBe(307);
    expect(decodeURIComponent(response.headers.get("location") ?? "")).toMatch(new RegExp(`^/login\\?to=/i/${a.ids.institution}/preview/`));
  });

  test("is not there for another institution and for vendor staff, told apart from nothing by nobody", async () => {
    const { email } = await addStaff({ email: `staff-${name.replace(".csv", "")}@vendor.example`, role: "admin" });
    for (const stranger of [b.owner.email, email]) {
      const browser = await signedInBrowser(stranger);
      const foreign = await answerOf(await asked(browser, placeOf(a)));
      expect(foreign.status).toBe(404);
      expect(foreign).toEqual(await answerOf(await asked(browser, { ...placeOf(a), institution: "no-such-institution" })));
    }
    const own = await signedInBrowser(b.owner.email);
    const foreignRun = await asked(own, { ...placeOf(a), institution: b.ids.institution });
    expect(foreignRun.status).toBe(404);
  });

  test("is not there in the other environment, nor under what is no run or no environment", async () => {
    const browser = await signedInBrowser(a.owner.email);
    for (const odd of [
      { environment: "production" },
      { environment: "staging" },
      { run: "0" },
      { run: "x" },
      { run: "1e9" },
      { run: "-1" },
    ]) {
      const { status } = await asked(browser, { ...placeOf(a), ...odd });
      expect([400, 404], JSON.stringify(odd)).toContain(status);
    }
  });

  test("is gone for a former member at the next request", async () => {
    const scene = await sceneWithBadRow();
    const browser = await signedInBrowser(scene.viewer.email);
    expect((await asked(browser, placeOf(scene))).status).toBe(200);
    await db.administrator`update members set removed_at = now() where account_id = ${scene.viewer.accountId}`;
    expect((await asked(browser, placeOf(scene))).status).toBe(404);
  });
});

test("the file of the audit is there for owners and admins of its institution alone, at every hit (T5)", async () => {
  const asked = async (email: string | null, institution: string) => {
    const browser = email === null ? openBrowser() : await signedInBrowser(email);
    const cookie = [...browser.cookies].map(([key, value]) => `${key}=${value}`).join("; ");
    const url = `http://localhost:3000/i/${institution}/settings/audit/audit.csv`;
    return auditFile(new Request(url, { headers: { cookie } }), { params: Promise.resolve({ institution }) });
  };
  const { slug } = a.institution;
  const own = await asked(a.owner.email, slug);
  expect(own.status).toBe(200);
  expect(own.headers.get("content-disposition")).toMatch(/^attachment; filename="[\w.-]+\.csv"$/);
  expect(own.headers.get("cache-control")).toBe("private, no-store");
  expect(await own.text()).toContain("institution.create");
  expect((await asked(null, slug)).status).toBe(307);
  for (const stranger of [a.viewer.email, b.owner.email]) expect((await asked(stranger, slug)).status, stranger).toBe(404);
});

/** A scene whose waiting plan was read from a file that is kept, with a row in error. */
async function sceneWithBadRow(): Promise<Scene> {
  const scene = await setScene(db);
  const { id } = scene.institution;
  const content = "sourcedId,givenName\nu1,Ann\n,Bob\n";
  const { delivery } = await deliver(scene.institution.owner.member, { feed: scene.ids.feed, files: [{ name: "users.csv", content }] });
  const [run] = await db.administrator<{ id: string }[]>`
    update runs set delivery_id = ${delivery} where institution_id = ${id} and number = ${scene.ids.readyRun} returning id`;
  const runId = run?.id ?? "";
  await db.administrator`update run_deliveries set delivery_id = ${delivery} where institution_id = ${id} and run_id = ${runId}`;
  await db.administrator`
    insert into issues (institution_id, run_id, severity, code, entity, file, line, detail)
    values (${id}, ${runId}, 'error', 'REQUIRED', 'users', 'users.csv', 3, 'sourcedId is empty')`;
  return scene;
}

async function signedInBrowser(email: string): Promise<TestBrowser> {
  const browser = openBrowser();
  const token = new URL(await signInLink(email)).searchParams.get("token") ?? "";
  expect(await browser.signInBy("link", { token })).toBeNull();
  return browser;
}
