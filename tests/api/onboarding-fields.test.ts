import { afterAll, beforeAll, expect, test } from "vitest";
import { asTenant } from "@/server/database";
import { openText } from "@/server/secrets";
import { readFields } from "@/server/services/connections/read-fields";
import { purposeOf, writeFields } from "@/server/services/connections/write-fields";
import type { Field } from "@/server/sources/source";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createRunScene, type RunScene } from "./scene";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

/** What a source that reads from an address would ask for. */
const FIELDS: readonly Field[] = [
  { key: "address", label: "Base URL", kind: "url", required: true, hint: "" },
  { key: "id", label: "Client ID", kind: "text", required: true, hint: "" },
  { key: "secret", label: "Client secret", kind: "secret", required: true, hint: "" },
];
const CANARY = "canary-7f31c9e2";

const write = (scene: RunScene, values: Record<string, string>) =>
  asTenant(scene.owner.institutionId, (tx) => writeFields(tx, scene.owner, { feedId: scene.feed, fields: FIELDS, values }));
const read = (scene: RunScene) =>
  asTenant(scene.owner.institutionId, (tx) =>
    readFields(tx, { institutionId: scene.owner.institutionId, feedId: scene.feed, fields: FIELDS }),
  );

test("a secret is kept sealed for its own institution, feed and field alone, and never read back by a form (T18)", async () => {
  const [scene, other] = [await createRunScene(), await createRunScene()];
  await write(scene, { address: "https://sis.lakeside.example/ims", id: "b81d", secret: CANARY });
  expect((await read(scene)).map(({ key, value, keptAt }) => ({ key, value, kept: keptAt !== null }))).toEqual([
    { key: "address", value: "https://sis.lakeside.example/ims", kept: true },
    { key: "id", value: "b81d", kept: true },
    { key: "secret", value: null, kept: true },
  ]);
  const dump = await db.administrator`
    select row_to_json(f)::text as text from feed_fields f union all select row_to_json(a)::text from audit a`;
  expect(JSON.stringify(dump)).not.toContain(CANARY);
  const [row] = await db.administrator<{ sealed: string }[]>`select sealed from feed_fields where field = 'secret'`;
  const of = { institutionId: scene.owner.institutionId, feedId: scene.feed, field: "secret" };
  expect(openText(purposeOf(of), row?.sealed ?? "")).toBe(CANARY);
  for (const elsewhere of [{ institutionId: other.owner.institutionId }, { feedId: other.feed }, { field: "id" }])
    expect(() => openText(purposeOf({ ...of, ...elsewhere }), row?.sealed ?? "")).toThrow();
});

test("an empty secret leaves the one that is kept, another replaces it, and what is not named stays", async () => {
  const scene = await createRunScene();
  await write(scene, { id: "one", secret: "first" });
  await write(scene, { secret: " " });
  const sealed = () =>
    db.administrator<{ sealed: string }[]>`select sealed from feed_fields where feed_id = ${scene.feed} and field = 'secret'`;
  const [before] = await sealed();
  await write(scene, { secret: "second" });
  const [after] = await sealed();
  expect(after?.sealed).not.toBe(before?.sealed);
  expect((await read(scene)).find(({ key }) => key === "id")?.value).toBe("one");
});

test("what could never be right is refused, naming the field, and nothing is kept", async () => {
  const scene = await createRunScene();
  const odd: [string, string][] = [
    ["address", "http://sis.example"],
    ["address", "https://user:pw@sis.example"],
    ["address", "not an address"],
    ["id", " "],
    ["unknown", "x"],
  ];
  for (const [field, value] of odd)
    await expect(write(scene, { secret: "good", [field]: value }), value).rejects.toMatchObject({ code: "INVALID", data: { field } });
  expect((await read(scene)).every(({ keptAt }) => keptAt === null)).toBe(true);
});

test("the name of the system is kept with the choice of a source, changed by the form, and unset again", async () => {
  const scene = await createRunScene();
  const api = callerAs(scene.institution.owner.actor).onboarding;
  const institution = scene.institution.slug;
  const { feed } = await api.chooseSource({ institution, source: "oneroster-csv", system: "Aeries" });
  const kept = async () => (await api.connection({ institution, feed })).fields.map(({ key, value }) => [key, value]);
  expect(await kept()).toEqual([["system", "Aeries"]]);
  await api.saveConnection({ institution, feed, values: { system: "Skyward" } });
  expect(await kept()).toEqual([["system", "Skyward"]]);
  await api.saveConnection({ institution, feed, values: { system: "" } });
  expect(await kept()).toEqual([["system", null]]);
});
