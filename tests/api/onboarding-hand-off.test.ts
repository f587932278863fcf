import { describe, expect, test } from "vitest";
import { PUT } from "@/app/api/uploads/[delivery]/[file]/route";
import { listMails } from "@/server/notify/list-mails";
import { getSetup } from "@/server/services/onboarding/get-setup";
import { onerosterCsv } from "@/server/sources/oneroster-csv";
import { callerAs } from "@/tests/support/caller";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createStaff } from "@/tests/support/institution";
import { createRunScene, type RunScene } from "./scene";

const db = databaseWithWorker();

const colleague = callerAs(null).handOffs.step;
const samples = (change: (name: string, text: string) => string = (_, text) => text) =>
  onerosterCsv.example("samples").map((file) => ({ name: file.name, content: change(file.name, [...file.chunks()].join("")) }));
let people = 0;

/** A link, as the mail brings it. */
async function handOff(scene: RunScene, email = `it-${++people}@lakeside.example`) {
  const api = callerAs(scene.institution.owner.actor).handOffs;
  const { id } = await api.create({ institution: scene.institution.slug, feed: scene.feed, email, note: "The nightly export, please." });
  const mail = (await listMails()).find((one) => one.recipient === email && one.kind === "handOff");
  if (mail === undefined) throw new Error("No mail");
  return { id, email, mail, token: new URL(/http\S+/.exec(mail.text)?.[0] ?? "").searchParams.get("token") ?? "" };
}

async function put(token: string | null, path: string, content: string): Promise<number> {
  const headers = new Headers({ origin: "http://localhost:3000", "x-rollcall": "1" });
  if (token !== null) headers.set("x-rollcall-hand-off", token);
  return (await PUT(new Request(new URL(path, "http://localhost:3000"), { method: "PUT", headers, body: content }))).status;
}

async function bring(token: string, files: readonly { name: string; content: string }[]) {
  const begun = await colleague.begin({ token, files: files.map(({ name, content }) => ({ name, bytes: Buffer.byteLength(content) })) });
  for (const { name, url } of begun.uploads)
    expect(await put(token, url, files.find((file) => file.name === name)?.content ?? "")).toBe(200);
  return { ...begun, ...(await colleague.finish({ token })) };
}

describe("a step that was handed to a colleague", () => {
  test("is done with the link alone: files arrive, are tested, and the first plan prepares itself", async () => {
    const scene = await createRunScene();
    const { token, mail, email } = await handOff(scene);
    expect(mail.subject).toBe("A step waits for you: OneRoster CSV files of Lakeside Unified");
    expect(mail.text).toContain("The nightly export, please.");
    expect(await getSetup(scene.owner)).toMatchObject({
      due: "connect",
      lines: expect.arrayContaining([{ step: "connect", state: "waiting", text: `Asked ${email}` }]),
    });
    expect(await colleague.get({ token })).toMatchObject({ institution: "Lakeside Unified", doneAt: null });
    const done = await bring(token, samples());
    expect(done.state).toBe("done");
    const report = await scene.until(1, ["ready", "held"]);
    expect(report.counts.users?.add).toBeGreaterThan(50);
    expect(await getSetup(scene.owner)).toMatchObject({ due: "commit" });
    expect(await colleague.get({ token })).toMatchObject({ doneAt: expect.any(Date) });
    await expect(colleague.begin({ token, files: [{ name: "users.csv", bytes: 1 }] })).rejects.toMatchObject({ code: "CONFLICT" });
    const entries = await db.administrator`
      select actor, verb, account_id from audit where institution_id = ${scene.institution.id} and actor = 'handOff' order by id`;
    expect(entries.map(({ verb }) => verb)).toEqual(["delivery.begin", "delivery.finish", "run.start", "handOff.done"]);
    expect(entries.every(({ account_id }) => account_id === null)).toBe(true);
    const { trail } = await callerAs(await createStaff("support")).vendor.institutions.get({ institution: scene.institution.slug });
    expect(trail.map(({ actor }) => actor)).toContain("handOff");
  });

  test("tells whoever can mend them what is wrong with the files, and takes them again", async () => {
    const scene = await createRunScene();
    const { token } = await handOff(scene);
    const bad = await bring(
      token,
      samples((name, text) => (name === "users.csv" ? text.replace("orgSourcedIds", "orgs") : text)),
    );
    expect(bad.state).toBe("failed");
    expect(bad.lines.find(({ outcome }) => outcome === "fail")).toMatchObject({ label: "users.csv", code: "HEADER_MISSING" });
    expect((await getSetup(scene.owner)).run).toBeNull();
    expect((await bring(token, samples())).state).toBe("done");
  });

  test("never shows a person: no name, number or address of the files is in any answer", async () => {
    const scene = await createRunScene();
    const { token } = await handOff(scene);
    const files = samples();
    const answers = JSON.stringify([await colleague.get({ token }), await bring(token, files), await colleague.get({ token })]);
    const people = (files.find(({ name }) => name === "users.csv")?.content ?? "").split("\n").slice(1, -1);
    const values = people.flatMap((line) =>
      line.split(",").filter((cell) => cell.length > 5 && !["student", "teacher", "guardian"].includes(cell)),
    );
    expect(values.length).toBeGreaterThan(100);
    expect(values.filter((value) => answers.includes(value) && !value.startsWith("school-"))).toEqual([]);
  });

  test("opens no other door: not the delivery of another link, not one of the members, not without the link", async () => {
    const [scene, other] = [await createRunScene(), await createRunScene()];
    const [link, foreign] = [await handOff(scene), await handOff(other)];
    const mine = await colleague.begin({ token: link.token, files: [{ name: "users.csv", bytes: 3 }] });
    const theirs = await colleague.begin({ token: foreign.token, files: [{ name: "users.csv", bytes: 3 }] });
    const members = await callerAs(scene.institution.owner.actor).deliveries.begin({
      institution: scene.institution.slug,
      feed: scene.feed,
      files: [{ name: "users.csv", bytes: 3 }],
    });
    const urlOf = (begun: { uploads: readonly { url: string }[] }): string => begun.uploads[0]?.url ?? "";
    expect(await put(link.token, urlOf(theirs), "a,b")).toBe(404);
    expect(await put(link.token, urlOf(members), "a,b")).toBe(404);
    expect(await put("unknown", urlOf(mine), "a,b")).toBe(404);
    expect(await put(null, urlOf(mine), "a,b")).toBe(401);
    expect(await put(link.token, urlOf(mine), "a,b")).toBe(200);
  });

  test("ends when it is ended, and when a newer link goes to the same person", async () => {
    const scene = await createRunScene();
    const [first, second] = [await handOff(scene), null];
    expect(second).toBeNull();
    const again = await handOff(scene, first.email);
    await expect(colleague.get({ token: first.token })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const begun = await colleague.begin({ token: again.token, files: [{ name: "users.csv", bytes: 3 }] });
    await callerAs(scene.institution.owner.actor).handOffs.end({ institution: scene.institution.slug, id: again.id });
    await expect(colleague.finish({ token: again.token })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await put(again.token, begun.uploads[0]?.url ?? "", "a,b")).toBe(404);
  });

  test("keeps the token as a digest alone", async () => {
    const scene = await createRunScene();
    const { token } = await handOff(scene);
    const [row] =
      await db.administrator`select row_to_json(h)::text as text from hand_offs h where institution_id = ${scene.institution.id}`;
    expect(row?.text).not.toContain(token);
  });
});
