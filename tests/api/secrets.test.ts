import { afterAll, beforeAll, expect, test } from "vitest";
import { asTenant } from "@/server/database";
import { openText } from "@/server/secrets";
import { swapSecret, tryKept } from "@/server/services/connections/change-secret";
import { purposeOf, writeFields } from "@/server/services/connections/write-fields";
import { SOURCES } from "@/server/sources";
import type { CheckLine, Source } from "@/server/sources/source";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createMember } from "@/tests/support/institution";
import { createRunScene, type RunScene } from "./scene";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

/** A source that reads from an address, known to these tests alone: the far side takes these secrets. */
function remote(): Pick<Source, "fields" | "checkConnection"> & { readonly taken: Set<string>; readonly seen: string[] } {
  const [taken, seen]: [Set<string>, string[]] = [new Set(["first", "second"]), []];
  const answer = (ok: boolean): CheckLine => ({ label: "Token", outcome: ok ? "ok" : "fail", seen: ok ? "given" : "refused" });
  return {
    taken,
    seen,
    fields: [
      { key: "address", label: "Base URL", kind: "url", required: true, hint: "" },
      { key: "secret", label: "Client secret", kind: "secret", required: true, hint: "" },
    ],
    checkConnection: async (values) => {
      seen.push(`${values.address} ${values.secret}`);
      return [answer(taken.has(values.secret ?? ""))];
    },
  };
}

interface Row {
  readonly sealed: string | null;
  readonly previous: string | null;
  readonly fingerprint: string | null;
  readonly worked: boolean;
}

const row = async (scene: RunScene): Promise<Row | undefined> =>
  (
    await db.administrator<Row[]>`
      select sealed, previous_sealed as previous, fingerprint, worked_at is not null as worked
      from feed_fields where feed_id = ${scene.feed} and field = 'secret'`
  )[0];
const opened = (scene: RunScene, sealed: string | null | undefined): string | null =>
  sealed == null ? null : openText(purposeOf({ institutionId: scene.owner.institutionId, feedId: scene.feed, field: "secret" }), sealed);
const swap = (scene: RunScene, source: ReturnType<typeof remote>, value: string) =>
  swapSecret(scene.owner, source, { feed: scene.feed, field: "secret", value });

async function connected(): Promise<{ scene: RunScene; source: ReturnType<typeof remote> }> {
  const [scene, source] = [await createRunScene(), remote()];
  await asTenant(scene.owner.institutionId, (tx) =>
    writeFields(tx, scene.owner, {
      feedId: scene.feed,
      fields: source.fields,
      values: { address: "https://sis.example/ims", secret: "first" },
    }),
  );
  return { scene, source };
}

test("a new secret is tested with all else that is kept, and takes the old one's place only when nothing failed", async () => {
  const { scene, source } = await connected();
  const before = await row(scene);
  expect(await swap(scene, source, "wrong")).toMatchObject({ ok: false, lines: [{ outcome: "fail" }] });
  expect(source.seen).toEqual(["https://sis.example/ims wrong"]);
  expect(await row(scene)).toEqual(before);
  expect(await swap(scene, source, "second")).toMatchObject({ ok: true });
  const after = await row(scene);
  expect([opened(scene, after?.sealed), opened(scene, after?.previous)]).toEqual(["second", "first"]);
  expect(after?.fingerprint).toHaveLength(4);
  expect(after?.fingerprint).not.toBe(before?.fingerprint);
});

test("the old one stays sealed until the new one has worked, and is destroyed then", async () => {
  const { scene, source } = await connected();
  await swap(scene, source, "second");
  source.taken.delete("second");
  expect(await tryKept(scene.owner, source, scene.feed)).toMatchObject({ ok: false });
  expect(await row(scene)).toMatchObject({ worked: false, previous: expect.any(String) });
  source.taken.add("second");
  expect(await tryKept(scene.owner, source, scene.feed)).toMatchObject({ ok: true });
  expect(await row(scene)).toMatchObject({ worked: true, previous: null });
});

test("of two replaced in a row the one that last worked is the one that stays", async () => {
  const { scene, source } = await connected();
  await tryKept(scene.owner, source, scene.feed);
  source.taken.add("third");
  await swap(scene, source, "second");
  await swap(scene, source, "third");
  const after = await row(scene);
  expect([opened(scene, after?.sealed), opened(scene, after?.previous)]).toEqual(["third", "first"]);
});

test("no value of a secret is in the audit, nor in any other column than the sealed ones (T18)", async () => {
  const { scene, source } = await connected();
  source.taken.add("canary-51e0c7");
  await swap(scene, source, "canary-51e0c7");
  await tryKept(scene.owner, source, scene.feed);
  const dump = await db.administrator`
    select row_to_json(f)::text as text from feed_fields f union all select row_to_json(a)::text from audit a`;
  expect(JSON.stringify(dump)).not.toContain("canary-51e0c7");
  const verbs =
    await db.administrator`select verb, detail from audit where institution_id = ${scene.institution.id} and verb like 'feed.%' order by id`;
  expect(verbs.map(({ verb, detail }) => [verb, detail])).toEqual([
    ["feed.create", expect.anything()],
    ["feed.setFields", { fields: ["address", "secret"] }],
    ["feed.setFields", { fields: ["secret"] }],
    ["feed.testSecrets", { ok: true }],
  ]);
});

test("another kind of field is no secret to replace, and who may not manage feeds sees none of it", async () => {
  const { scene, source } = await connected();
  await expect(swapSecret(scene.owner, source, { feed: scene.feed, field: "address", value: "x" })).rejects.toMatchObject({
    code: "INVALID",
  });
  const reviewer = await createMember(scene.institution, "reviewer");
  const institution = scene.institution.slug;
  await expect(callerAs(reviewer.actor).secrets.list({ institution })).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await callerAs(scene.institution.owner.actor).secrets.list({ institution })).toEqual([
    { feed: scene.feed, name: "SIS", label: "OneRoster CSV", secrets: [] },
  ]);
});

test("every source with a secret field can test it", () => {
  for (const source of SOURCES)
    expect(source.fields.some(({ kind }) => kind === "secret") && source.checkConnection === undefined, source.key).toBe(false);
});
