import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asEngine, asTenant } from "@/server/database";
import { cleanUpIntake } from "@/server/intake/clean-up";
import { deliveryFiles } from "@/server/intake/delivery";
import { beginDelivery } from "@/server/services/deliveries/begin";
import { cancelDelivery } from "@/server/services/deliveries/cancel";
import { finishDelivery } from "@/server/services/deliveries/finish";
import { getDelivery } from "@/server/services/deliveries/get";
import { receiveFile } from "@/server/services/deliveries/receive";
import { createDatabase, type TestDatabase } from "../support/database";
import { createInstitution, createMember } from "../support/institution";
import { createFeed, deliver, inChunks, searchData, zipped } from "./support";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

const scene = async () => {
  const institution = await createInstitution();
  return { institution, actor: institution.owner.member, feed: await createFeed(db, institution.id) };
};

const users = "sourcedId,givenName,password,birthDate\nu1,Ann,hunter2,2010-01-01\nu2,Bob,,2011-02-02\n";
const orgs = "sourcedId,name,type\no1,Lakeside,school\n";

async function contents(institutionId: number, deliveryId: string): Promise<Record<string, string>> {
  const opened = await asEngine(institutionId, (tx) => deliveryFiles(tx, { institutionId, deliveryId }));
  const read: Record<string, string> = {};
  for (const file of opened.files) {
    const parts: Buffer[] = [];
    for await (const part of file.read()) parts.push(part);
    read[file.name] = Buffer.concat(parts).toString();
    expect(read[file.name]).toHaveLength(file.bytes);
  }
  await opened.close();
  return read;
}

describe("a delivery", () => {
  test("is kept without what is denied, and says how much of it there was", async () => {
    const { institution, actor, feed } = await scene();
    const finished = await deliver(actor, {
      feed,
      files: [
        { name: "users.csv", content: users },
        { name: "orgs.csv", content: orgs },
      ],
    });
    expect(finished).toMatchObject({ state: "ready", sameAs: null });
    expect(finished.issues).toMatchObject([
      { code: "PASSWORD_IGNORED", severity: "warning", at: "users.csv", column: "password", count: 1 },
    ]);
    expect(await contents(institution.id, finished.delivery)).toEqual({
      "orgs.csv": orgs,
      "users.csv": "sourcedId,givenName,password,birthDate\nu1,Ann,,\nu2,Bob,,\n",
    });
    const { files, issues } = await getDelivery(actor, { delivery: finished.delivery });
    expect(files.find((file) => file.name === "users.csv")?.emptied).toEqual({
      password: { as: "password", cells: 1 },
      birthDate: { as: "personal", cells: 2 },
    });
    expect(issues).toEqual(finished.issues);
  });

  test("is the same whether it comes loose, zipped, or in a folder of a zip", async () => {
    const { institution, actor, feed } = await scene();
    const files = [
      { name: "users.csv", content: users },
      { name: "orgs.csv", content: orgs },
    ];
    const loose = await deliver(actor, { feed, files });
    const zip = await deliver(actor, { feed, files: [{ name: "export.zip", content: await zipped(files) }] });
    const folder = files.map((file) => ({ ...file, name: `export/${file.name}` }));
    const nested = await deliver(actor, { feed, files: [{ name: "e.zip", content: await zipped(folder) }] });
    expect(await contents(institution.id, zip.delivery)).toEqual(await contents(institution.id, loose.delivery));
    const digests = await Promise.all([loose, zip, nested].map(async ({ delivery }) => (await getDelivery(actor, { delivery })).digest));
    expect(new Set(digests).size).toBe(1);
    expect((await getDelivery(actor, { delivery: zip.delivery })).packageName).toBe("export.zip");
  });

  test("of the same content as an earlier run says so, of another feed or with another byte it does not", async () => {
    const { institution, actor, feed } = await scene();
    const files = [{ name: "orgs.csv", content: orgs }];
    const first = await deliver(actor, { feed, files });
    expect((await deliver(actor, { feed, files })).sameAs).toBeNull();
    await db.administrator`
      insert into runs (institution_id, number, environment_id, feed_id, delivery_id, kind, trigger, settings_version, state, ended_at)
      values (${institution.id}, 7, ${institution.environments.preview.id}, ${feed}, ${first.delivery}, 'full', 'person', 1, 'committed', now())`;
    expect((await deliver(actor, { feed, files })).sameAs).toMatchObject({ run: 7, environment: "preview", committed: true });
    expect((await deliver(actor, { feed, files: [{ name: "orgs.csv", content: `${orgs}\n` }] })).sameAs).toBeNull();
    const other = await createFeed(db, institution.id, "Other");
    expect((await deliver(actor, { feed: other, files })).sameAs).toBeNull();
  });

  test("that is no zip at all, or a zip that leads outside, is refused with its code and nothing of it is kept", async () => {
    const { institution, actor, feed } = await scene();
    const refused = await deliver(actor, { feed, files: [{ name: "export.zip", content: "this is no zip, kanarie" }] });
    expect(refused).toMatchObject({
      state: "refused",
      files: [],
      issues: [{ severity: "refusal", code: "ZIP_DAMAGED", at: "export.zip" }],
    });
    await expect(contents(institution.id, refused.delivery)).rejects.toMatchObject({ code: "CONFLICT" });
    const truncated = (await zipped([{ name: "users.csv", content: users }])).subarray(0, -30);
    expect(await deliver(actor, { feed, files: [{ name: "cut.zip", content: truncated }] })).toMatchObject({ state: "refused" });
    expect((await searchData([])).all.filter((path) => path.includes(`/objects/${institution.id}/`))).toEqual([]);
  });
});

describe("the upload door", () => {
  const begin = (actor: Parameters<typeof beginDelivery>[0], feed: number, bytes = users.length) =>
    beginDelivery(actor, { feed, files: [{ name: "users.csv", bytes }] });
  const receive = (actor: Parameters<typeof beginDelivery>[0], delivery: string, content = users) =>
    receiveFile(actor, { delivery, name: "users.csv", chunks: inChunks(Buffer.from(content)) });

  test("refuses fewer and more bytes than were announced, keeps nothing of them, and lets the person try again", async () => {
    const { institution, actor, feed } = await scene();
    const { delivery } = await begin(actor, feed);
    await expect(receive(actor, delivery, users.slice(0, -1))).rejects.toMatchObject({ code: "INVALID" });
    await expect(receive(actor, delivery, `${users}x`)).rejects.toMatchObject({ code: "INVALID" });
    expect((await searchData([])).all.filter((path) => path.includes(`/objects/${institution.id}/`))).toEqual([]);
    await expect(finishDelivery(actor, { delivery })).rejects.toMatchObject({ code: "CONFLICT", data: { missing: ["users.csv"] } });
    await receive(actor, delivery);
    await expect(receive(actor, delivery)).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await finishDelivery(actor, { delivery })).state).toBe("ready");
    await expect(finishDelivery(actor, { delivery })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("keeps nothing of a transfer that breaks off", async () => {
    const { institution, actor, feed } = await scene();
    const { delivery } = await begin(actor, feed);
    async function* broken() {
      yield Buffer.from("sourcedId,");
      throw new Error("socket hang up");
    }
    await expect(receiveFile(actor, { delivery, name: "users.csv", chunks: broken() })).rejects.toThrow("socket hang up");
    expect(
      (await searchData([])).all.filter((path) => path.includes("unfinished") || path.includes(`/objects/${institution.id}/`)),
    ).toEqual([]);
  });

  test("is closed to a reviewer, to other institutions, and after a cancel, which removes what came", async () => {
    const { institution, actor, feed } = await scene();
    const reviewer = await createMember(institution, "reviewer");
    const stranger = (await createInstitution()).owner.member;
    await expect(begin(reviewer.member, feed)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(begin(stranger, feed)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const { delivery } = await begin(actor, feed);
    for (const attempt of [
      receive,
      (who: typeof stranger) => cancelDelivery(who, { delivery }),
      (who: typeof stranger) => getDelivery(who, { delivery }),
    ]) {
      await expect(attempt(stranger, delivery)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    await receive(actor, delivery);
    await cancelDelivery(actor, { delivery });
    expect((await searchData([])).all.filter((path) => path.includes(`/objects/${institution.id}/`))).toEqual([]);
    await expect(finishDelivery(actor, { delivery })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test.each([
    [
      "INVALID",
      [
        { name: "a.zip", bytes: 1 },
        { name: "b.csv", bytes: 1 },
      ],
    ],
    [
      "INVALID",
      [
        { name: "a.csv", bytes: 1 },
        { name: "a.csv", bytes: 1 },
      ],
    ],
    ["TOO_LARGE", [{ name: "a.csv", bytes: 1024 ** 3 + 1 }]],
    [
      "TOO_LARGE",
      [
        { name: "a.csv", bytes: 1024 ** 3 },
        { name: "b.csv", bytes: 1024 ** 3 },
        { name: "c.csv", bytes: 1 },
      ],
    ],
  ])("refuses what cannot be taken before a byte is sent: %s %j", async (code, files) => {
    const { actor, feed } = await scene();
    await expect(beginDelivery(actor, { feed, files })).rejects.toMatchObject({ code });
  });

  test.each(["../users.csv", "a/b.csv", "a\\b.csv", "..", "x\0.csv", "x\u2215y.csv", ""])("takes no file called %j", async (name) => {
    const { actor, feed } = await scene();
    await expect(beginDelivery(actor, { feed, files: [{ name, bytes: 1 }] })).rejects.toThrow();
  });
});

test("passwords are nowhere after intake, in whatever spelling of their column and by whatever way they came", async () => {
  const { actor, feed } = await scene();
  const canaries = ["kanarie-clear-5b1", "5f4dcc3b5aa765d61d8327deb882cf99", "{SSHA}kanarie5b1/Zm9v", "Quoted, kanarie5b1"];
  const row = (key: string) => `${key},"${canaries[3]}",${canaries[0]},${canaries[1]},${canaries[2]}\n`;
  const csv = `sourcedId,Password," PASSWD ",user pwd,metadata.pwEncryptionType\n${row("u1")}${row("u2")}`;
  const ragged = `sourcedId,name,password\nu1,Smith, Ann,${canaries[0]}\nu2,${canaries[0]}\nu3,"a"b,${canaries[2]}\n`;
  const files = [
    { name: "users.csv", content: csv },
    { name: "userProfiles.csv", content: ragged },
  ];
  await deliver(actor, { feed, files });
  await deliver(actor, { feed, files: [{ name: "export.zip", content: await zipped(files) }] });
  const { found, all } = await searchData(canaries);
  expect(all.length).toBeGreaterThan(0);
  expect(found).toEqual([]);
  for (const table of ["deliveries", "delivery_files", "audit", "durable.events"]) {
    const rows = await db.administrator.unsafe(`select t::text as row from ${table} t`);
    for (const { row } of rows) for (const canary of canaries) expect(row).not.toContain(canary);
  }
  const opened = await db.administrator<
    { institution_id: number; id: string }[]
  >`select institution_id, id from deliveries where state = 'ready'`;
  for (const { institution_id, id } of opened) {
    const text = Object.values(await contents(institution_id, id)).join("");
    for (const canary of canaries) expect(text).not.toContain(canary);
  }
});

test("after a crash in the middle of unpacking, the zip and all that came of it go", async () => {
  const { institution, actor, feed } = await scene();
  const content = await zipped([{ name: "users.csv", content: users }]);
  const { delivery } = await beginDelivery(actor, { feed, files: [{ name: "export.zip", bytes: content.length }] });
  await receiveFile(actor, { delivery, name: "export.zip", chunks: inChunks(content) });
  const ready = await deliver(actor, { feed, files: [{ name: "orgs.csv", content: orgs }] });
  const [zip] = await db.administrator<{ object_key: string }[]>`select object_key from delivery_files where delivery_id = ${delivery}`;
  const paths = async () => (await searchData([])).all.filter((path) => path.includes(`/objects/${institution.id}/`));
  expect(await paths()).toEqual(expect.arrayContaining([expect.stringContaining(zip?.object_key ?? "?")]));
  await cleanUpIntake(3_600_000);
  expect((await getDelivery(actor, { delivery })).state).toBe("open");
  await db.administrator`update deliveries set begun_at = now() - interval '2 hours' where id = ${delivery}`;
  await cleanUpIntake(3_600_000);
  expect((await getDelivery(actor, { delivery })).state, "a file arrived a moment ago").toBe("open");
  // Object ages are those of files: with 0 every object that no delivery names goes, also one written a moment ago.
  await cleanUpIntake(0);
  expect((await getDelivery(actor, { delivery })).state).toBe("cancelled");
  expect(await paths()).toHaveLength(1);
  expect(await contents(institution.id, ready.delivery)).toEqual({ "orgs.csv": orgs });
});

test("the engine reads a delivery only as its own institution", async () => {
  const [one, two] = [await scene(), await scene()];
  const { delivery } = await deliver(one.actor, { feed: one.feed, files: [{ name: "orgs.csv", content: orgs }] });
  const foreign = asTenant(two.institution.id, (tx) => deliveryFiles(tx, { institutionId: two.institution.id, deliveryId: delivery }));
  await expect(foreign).rejects.toMatchObject({ code: "NOT_FOUND" });
});
