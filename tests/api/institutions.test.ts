import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, commandActor, memberOf } from "@/server/auth/actor";
import { createInstitution as create, type NewInstitution } from "@/server/services/institutions/create";
import { addMember } from "@/server/services/members/add";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, createMember, createStaff, signedIn } from "@/tests/support/institution";
import { setScene } from "@/tests/tenancy/scene";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

const command = { kind: "command", accountId: null } as const;
const lakeside = (more: Partial<NewInstitution>): NewInstitution => ({
  slug: "lakeside",
  name: "Lakeside",
  timeZone: "Europe/Berlin",
  ownerEmail: "dana@lakeside.example",
  ...more,
});

test("an institution begins with both environments, each with its lease and a shared bucket, and one owner", async () => {
  const made = await create(command, lakeside({ slug: "begin", ownerEmail: "Dana@Lakeside.example", ownerName: "Dana" }));
  const environments = await db.administrator`
    select e.name, e.head_seq, e.bucket, l.fence::int as fence from environments e join environment_leases l on l.environment_id = e.id
    where e.institution_id = ${made.id} order by e.name`;
  expect([...environments]).toEqual([
    { name: "preview", head_seq: 0, bucket: 1 + (made.environments.preview.id % 8), fence: 0 },
    { name: "production", head_seq: 0, bucket: 1 + (made.environments.production.id % 8), fence: 0 },
  ]);
  const owner = await signedIn(made.owner.id);
  expect(owner.email).toBe("dana@lakeside.example");
  const institution = await callerAs(owner).institutions.get({ institution: "begin" });
  expect(institution).toMatchObject({ role: "owner", timeZone: "Europe/Berlin", feeds: [] });
  expect(institution.environments.map(({ name }) => name)).toEqual(["preview", "production"]);
  expect(institution.permissions).toContain("member:manage");
  const audited = await db.administrator`select actor, verb from audit where institution_id = ${made.id}`;
  expect([...audited]).toEqual([{ actor: "command", verb: "institution.create" }]);
});

test("a taken slug is a conflict and leaves nothing half made", async () => {
  await create(command, lakeside({ slug: "taken" }));
  await expect(create(command, lakeside({ slug: "taken", ownerEmail: "eve@elsewhere.example" }))).rejects.toMatchObject({
    code: "CONFLICT",
  });
  expect(await db.administrator`select 1 from accounts where email = 'eve@elsewhere.example'`).toHaveLength(0);
});

test.each([
  ["slug", lakeside({ slug: "Lakeside" })],
  ["slug", lakeside({ slug: "-lakeside" })],
  ["slug", lakeside({ slug: "l".repeat(64) })],
  ["slug", lakeside({ slug: "../x" })],
  ["timeZone", lakeside({ slug: "zone", timeZone: "Mars/Olympus" })],
  ["timeZone", lakeside({ slug: "zone", timeZone: "+02:00" })],
  ["name", lakeside({ slug: "name", name: "  " })],
  ["email", lakeside({ slug: "mail", ownerEmail: "dana" })],
])("what cannot be is refused in words: %s", async (_, input) => {
  await expect(create(command, input)).rejects.toMatchObject({ code: "INVALID" });
  expect(await db.administrator`select 1 from institutions where slug = ${input.slug}`).toHaveLength(0);
});

test("one account belongs to several institutions, with a role in each", async () => {
  const [one, two] = [await createInstitution("Alder"), await createInstitution("Birch")];
  await addMember(two.owner.member, { email: one.owner.email, role: "viewer" });
  const session = await callerAs(one.owner.actor).session.get();
  expect(session.institutions.map(({ name, role }) => [name, role])).toEqual([
    ["Alder", "owner"],
    ["Birch", "viewer"],
  ]);
  expect((await memberOf(one.owner.actor, two.slug)).can("run:commit")).toBe(false);
});

test("a member who is added again gets the new role at the next request", async () => {
  const institution = await createInstitution();
  const viewer = await createMember(institution, "viewer");
  await addMember(institution.owner.member, { email: viewer.actor.email.toUpperCase(), role: "reviewer" });
  expect((await memberOf(viewer.actor, institution.slug)).role).toBe("reviewer");
  const members = await callerAs(viewer.actor).members.list({ institution: institution.slug });
  expect(members.map(({ role }) => role).toSorted()).toEqual(["owner", "reviewer"]);
});

test("only an owner, or somebody with a shell, lets people in", async () => {
  const institution = await createInstitution();
  for (const role of ["viewer", "reviewer", "admin"] as const) {
    const { member } = await createMember(institution, role);
    await expect(addMember(member, { email: "x@school.example", role: "viewer" })).rejects.toMatchObject({ code: "FORBIDDEN" });
  }
  await addMember(await commandActor(institution.slug), { email: "x@school.example", role: "viewer" });
  await expect(commandActor("no-such")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a disabled institution is gone for its members", async () => {
  const institution = await createInstitution();
  await db.administrator`update institutions set disabled_at = now() where id = ${institution.id}`;
  await expect(callerAs(institution.owner.actor).institutions.get({ institution: institution.slug })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  expect((await callerAs(institution.owner.actor).session.get()).institutions).toEqual([]);
});

test("vendor staff see every institution with its last run, feeds and members, and nobody's name", async () => {
  const scene = await setScene(db);
  const empty = await createInstitution("Empty");
  const rows = await callerAs(await createStaff("support")).vendor.institutions.list();
  const busy = rows.find(({ slug }) => slug === scene.institution.slug);
  expect(busy).toMatchObject({
    feeds: 1,
    members: 3,
    lastRun: { state: expect.any(String), environment: expect.any(String), at: expect.any(Date) },
  });
  expect(rows.find(({ slug }) => slug === empty.slug)).toMatchObject({ feeds: 0, members: 1, lastRun: null });
  expect(JSON.stringify(rows)).not.toMatch(/Whitfield|@school/);
});

test("staff who were removed are staff no more", async () => {
  const actor = await createStaff("support");
  await callerAs(actor).vendor.institutions.list();
  await db.administrator`update staff set removed_at = now() where account_id = ${actor.accountId}`;
  expect((await actorOf(actor.sessionId))?.staffRole).toBeNull();
});
