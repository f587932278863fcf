import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { onerosterCsv } from "@/server/sources/oneroster-csv";
import { commit } from "@/server/sync/commit";
import { prepare } from "@/server/sync/prepare";
import { memoryDelivery, NO_SETTINGS } from "../sources/in-memory";
import { createDatabase, type TestDatabase } from "../support/database";
import { createScene, type Scene } from "./scene";

// Each test is a handful of whole syncs.
vi.setConfig({ testTimeout: 90_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

const USERS =
  "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n";
const ROLES = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n";
const ORGS =
  "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\ns1,,,North,school,,\ns2,,,South,school,,\ns3,,,West,school,,\n";
const STAMP = "2026-09-01T00:00:00Z";
const person = (key: string, status = ","): string => `${key},${status},true,${key}.login,,Given,${key}${",".repeat(14)}\n`;
const role = (key: string, of: string, at: { org: string; word: string; type?: string; status?: string }): string =>
  `${key},${at.status ?? ","},${of},${at.type ?? "primary"},${at.word},,,${at.org},\n`;
const manifest = (modes: Readonly<Record<string, string>>): string =>
  `propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n${Object.entries(modes)
    .map(([name, mode]) => `file.${name},${mode}\n`)
    .join("")}`;

const first = {
  "manifest.csv": manifest({ orgs: "bulk", users: "bulk", roles: "bulk" }),
  "orgs.csv": ORGS,
  "users.csv": USERS + person("u1") + person("u2"),
  "roles.csv":
    ROLES +
    role("r1", "u1", { org: "s1", word: "student" }) +
    role("r4", "u2", { org: "s1", word: "teacher" }) +
    role("r6", "u2", { org: "s2", word: "aide", type: "secondary" }),
};

async function land(scene: Scene, feed: number | { id: number; kind: "quick" }, files: Readonly<Record<string, string>>) {
  const context = await scene.run(typeof feed === "number" ? { feedId: feed } : { feedId: feed.id, kind: feed.kind });
  const reading = await onerosterCsv.open(memoryDelivery(files), NO_SETTINGS);
  expect(await prepare(context, [reading])).toMatchObject({ outcome: "prepared" });
  await scene.administrator`update runs set override = '[]' where id = ${context.runId}`;
  await commit(context, { selectionVersion: 0, accountId: null });
  const [run] = await scene.administrator<{ counts: Record<string, Record<string, number>> }[]>`
    select counts from runs where id = ${context.runId}`;
  const issues = await scene.administrator<{ place: string }[]>`
    select code || ' ' || file || ':' || line as place from issues where run_id = ${context.runId} and severity = 'error' order by 1`;
  return { counts: run?.counts.users ?? {}, errors: issues.map(({ place }) => place) };
}

const people = async (scene: Scene) =>
  Object.fromEntries(
    (
      await scene.administrator<{ key: string; said: string }[]>`
        select source_key as key, concat_ws(' | ', family_name, primary_role, org_keys,
          (select string_agg(e ->> 'key', ',' order by place) from json_array_elements(org_roles::json) with ordinality r(e, place))) as said
        from users where environment_id = ${scene.environmentId} and status <> 'archived' order by 1`
    ).map(({ key, said }) => [key, said]),
  );

test("a delta of people and roles adds people whole, merges the roles of others, and leaves who has none out", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  await land(scene, feedId, first);
  const said = `active,${STAMP}`;
  const { counts, errors } = await land(scene, feedId, {
    "manifest.csv": manifest({ users: "delta", roles: "delta" }),
    "users.csv": USERS + person("u3", said) + person("u4", said) + person("u1", said),
    "roles.csv":
      ROLES +
      role("r9", "u3", { org: "s3", word: "siteAdministrator", status: said }) +
      role("r5", "u2", { org: "s3", word: "teacher", status: said }) +
      role("r6", "u2", { org: "s2", word: "aide", type: "secondary", status: `tobedeleted,${STAMP}` }) +
      role("r8", "nobody", { org: "s1", word: "student", status: said }),
  });
  expect(await people(scene)).toEqual({
    u1: "u1 | student | s1 | r1",
    u2: "u2 | teacher | s1,s3 | r4,r5",
    u3: "u3 | administrator | s3 | r9",
  });
  expect(errors).toEqual(["REF_MISSING roles.csv:5", "REQUIRED users.csv:3"]);
  expect(counts).toMatchObject({ read: 5, add: 1, edit: 1, unchanged: 1, rejected: 2, archive: 0 });

  // The full list that says the same is no change.
  const same = {
    ...first,
    "users.csv": first["users.csv"] + person("u3"),
    "roles.csv":
      ROLES +
      role("r1", "u1", { org: "s1", word: "student" }) +
      role("r4", "u2", { org: "s1", word: "teacher" }) +
      role("r5", "u2", { org: "s3", word: "teacher" }) +
      role("r9", "u3", { org: "s3", word: "siteAdministrator" }),
  };
  expect((await land(scene, feedId, same)).counts).toMatchObject({ read: 3, add: 0, edit: 0, unchanged: 3, archive: 0 });
});

test("roles alone change the schools and the main role of those who are there, and bring nobody", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  await land(scene, feedId, first);
  const { counts, errors } = await land(scene, feedId, {
    "manifest.csv": manifest({ roles: "delta" }),
    "roles.csv":
      ROLES +
      role("r1", "u1", { org: "s1", word: "student", status: `tobedeleted,${STAMP}` }) +
      role("r2", "u1", { org: "s2", word: "student", status: `active,${STAMP}` }) +
      role("r7", "u7", { org: "s2", word: "student", status: `active,${STAMP}` }) +
      role("r9", "u2", { org: "s9", word: "aide", type: "secondary", status: `active,${STAMP}` }),
  });
  expect(await people(scene)).toEqual({ u1: "u1 | student | s2 | r2", u2: "u2 | teacher | s1,s2 | r4,r6" });
  expect(errors).toEqual(["REF_MISSING roles.csv:4", "REF_MISSING roles.csv:5"]);
  expect(counts).toMatchObject({ read: 3, add: 0, edit: 1, rejected: 2 });
});

test("a role that names nobody makes no person, also where a first delivery is large enough to land directly", async () => {
  const files = {
    "manifest.csv": manifest({ orgs: "bulk", users: "bulk", roles: "bulk" }),
    "orgs.csv": ORGS,
    // Against the manifest these rows have a status: whether they are all people is not known.
    "users.csv": USERS + person("u1", `active,${STAMP}`),
    "roles.csv": ROLES + role("r1", "u1", { org: "s1", word: "student" }) + role("r8", "nobody", { org: "s1", word: "student" }),
  };
  const scene = await createScene(database.administrator);
  const { readers, ...reading } = await onerosterCsv.open(memoryDelivery(files), NO_SETTINGS);
  const context = await scene.run({ feedId: await scene.feed() });
  const large = { ...reading, readers: readers.map((reader) => ({ ...reader, bytes: 16 * 1024 * 1024 })) };
  expect(await prepare(context, [large])).toMatchObject({ outcome: "prepared" });
  await commit(context, { selectionVersion: 0, accountId: null });
  expect(await people(scene)).toEqual({ u1: "u1 | student | s1 | r1" });
  const issues = await scene.administrator<{ place: string }[]>`
    select code || ' ' || file || ':' || line as place from issues where run_id = ${context.runId} and severity = 'error'`;
  expect(issues.map(({ place }) => place)).toEqual(["REF_MISSING roles.csv:3"]);
});

test("a role that names nobody is told by a quick run too", async () => {
  const files = { ...first, "roles.csv": first["roles.csv"] + role("r8", "nobody", { org: "s1", word: "student" }) };
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  expect((await land(scene, feedId, files)).errors).toEqual(["REF_MISSING roles.csv:5"]);
  for (const users of [files["users.csv"], files["users.csv"].replace("Given,u1", "New,u1")]) {
    const { errors } = await land(scene, { id: feedId, kind: "quick" }, { ...files, "users.csv": users });
    expect(errors).toEqual(["REF_MISSING roles.csv:5"]);
  }
});

test("what a new person of a delta lacks is named as the files name it", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  await land(scene, feedId, first);
  await land(scene, feedId, { "manifest.csv": manifest({ users: "delta" }), "users.csv": USERS + person("u9", `active,${STAMP}`) });
  const [issue] = await scene.administrator<{ detail: string }[]>`
    select detail from issues where institution_id = ${scene.institutionId} and source_key = 'u9'`;
  expect(issue?.detail).toBe("There is no such record, and this file does not say enough to make one (role).");
});

test("an id that a profile gave stays when a delta names the person without the profile", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  await land(scene, feedId, {
    ...first,
    "manifest.csv": manifest({ orgs: "bulk", users: "bulk", roles: "bulk", userProfiles: "bulk" }),
    "userProfiles.csv":
      "sourcedId,status,dateLastModified,userSourcedId,profileType,vendorId,applicationId,description,credentialType,username,password\n" +
      'p1,,,u1,account,vendor.example,app,,password,ann.lee,\np2,,,u2,account,"odd,vendor",app,,password,bo,\n',
  });
  const { counts } = await land(scene, feedId, {
    "manifest.csv": manifest({ users: "delta" }),
    "users.csv": USERS + person("u1", `active,${STAMP}`).replace("u1.login,", "u1.login,{LDAP:a}") + person("u2", `active,${STAMP}`),
  });
  expect(counts).toMatchObject({ read: 2, edit: 1, unchanged: 1 });
  const rows = await scene.administrator`
    select source_key, external_ids, extras is not null as kept from users where environment_id = ${scene.environmentId} order by 1`;
  expect([...rows]).toEqual([
    { source_key: "u1", external_ids: "{LDAP:a},{vendor.example:ann.lee}", kept: true },
    { source_key: "u2", external_ids: null, kept: true },
  ]);
});

test("ids that profiles gave stay while no full list of profiles comes, and go with the profile", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  const profiles = (...rows: string[]) => ({
    ...first,
    "manifest.csv": manifest({ orgs: "bulk", users: "bulk", roles: "bulk", userProfiles: "bulk" }),
    "userProfiles.csv": `sourcedId,status,dateLastModified,userSourcedId,profileType,vendorId,username\n${rows.join("")}`,
  });
  const [ofFirst, ofSecond] = ["p1,,,u1,account,vendor.example,ann\n", "p2,,,u2,account,vendor.example,bo\n"];
  const ids = async () => {
    const rows = await scene.administrator<{ said: string }[]>`
      select concat_ws(' ', source_key, external_ids, (extras is not null)::text) as said from users where environment_id = ${scene.environmentId} order by 1`;
    return rows.map(({ said }) => said);
  };
  await land(scene, feedId, profiles(ofFirst, ofSecond));
  const both = ["u1 {vendor.example:ann} true", "u2 {vendor.example:bo} true"];
  expect(await ids()).toEqual(both);
  expect((await land(scene, feedId, first)).counts).toMatchObject({ edit: 0, unchanged: 2 });
  expect(await ids()).toEqual(both);
  expect((await land(scene, feedId, profiles(ofFirst))).counts).toMatchObject({ edit: 1, unchanged: 1 });
  expect((await land(scene, { id: feedId, kind: "quick" }, profiles(ofFirst))).counts).toMatchObject({ edit: 0, unchanged: 2 });
  expect((await land(scene, feedId, first)).counts).toMatchObject({ edit: 0, unchanged: 2 });
  expect(await ids()).toEqual(["u1 {vendor.example:ann} true", "u2 false"]);
});

test("two deltas of roles in one run are what one after the other would be", async () => {
  const delta = (...lines: string[]) => ({ "manifest.csv": manifest({ roles: "delta" }), "roles.csv": ROLES + lines.join("") });
  const deltas = [
    delta(role("r2", "u1", { org: "s2", word: "aide", type: "secondary", status: `active,${STAMP}` })),
    delta(
      role("r1", "u1", { org: "s1", word: "student", status: `tobedeleted,${STAMP}` }),
      role("r3", "u1", { org: "s3", word: "teacher", status: `active,${STAMP}` }),
    ),
  ];
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  await land(scene, feedId, first);
  const context = await scene.run({ feedId });
  const readings = await Promise.all(deltas.map((files) => onerosterCsv.open(memoryDelivery(files), NO_SETTINGS)));
  expect(await prepare(context, readings)).toMatchObject({ outcome: "prepared" });
  await scene.administrator`update runs set override = '[]' where id = ${context.runId}`;
  await commit(context, { selectionVersion: 0, accountId: null });
  expect((await people(scene)).u1).toBe("u1 | teacher | s3,s2 | r3,r2");
});

test("a full list of roles with deltas after it in one run is what one after the other would be", async () => {
  const full = {
    ...first,
    "users.csv": USERS + person("u1") + person("u2") + person("u3"),
    // u2 is no aide at s2 any more.
    "roles.csv":
      ROLES +
      role("r1", "u1", { org: "s1", word: "student" }) +
      role("r4", "u2", { org: "s1", word: "teacher" }) +
      role("r7", "u3", { org: "s3", word: "student" }),
  };
  const users = {
    "manifest.csv": manifest({ users: "delta" }),
    "users.csv": USERS + person("u2", `active,${STAMP}`).replace("Given", "New") + person("u3", `tobedeleted,${STAMP}`),
  };
  const roles = {
    "manifest.csv": manifest({ roles: "delta" }),
    "roles.csv":
      ROLES +
      role("r5", "u2", { org: "s3", word: "teacher", status: `active,${STAMP}` }) +
      role("r1", "u1", { org: "s1", word: "student", status: `tobedeleted,${STAMP}` }) +
      role("r2", "u1", { org: "s2", word: "student", status: `active,${STAMP}` }) +
      role("r8", "u3", { org: "s2", word: "student", status: `active,${STAMP}` }),
  };
  for (const deliveries of [
    [full, roles],
    [full, users, roles],
    [full, roles, users],
  ]) {
    const [together, apart] = [await createScene(database.administrator), await createScene(database.administrator)];
    for (const scene of [together, apart]) await land(scene, await scene.feed(), first);
    const [feedTogether, feedApart] = [await feedOf(together), await feedOf(apart)];
    for (const files of deliveries) await land(apart, feedApart, files);
    const context = await together.run({ feedId: feedTogether });
    const readings = await Promise.all(deliveries.map((files) => onerosterCsv.open(memoryDelivery(files), NO_SETTINGS)));
    expect(await prepare(context, readings)).toMatchObject({ outcome: "prepared" });
    await together.administrator`update runs set override = '[]' where id = ${context.runId}`;
    await commit(context, { selectionVersion: 0, accountId: null });
    expect(await people(together)).toEqual(await people(apart));
    expect((await people(apart)).u2).toBe("u2 | teacher | s1,s3 | r4,r5");
  }
});

async function feedOf(scene: Scene): Promise<number> {
  const [feed] = await scene.administrator<{ id: number }[]>`select id from feeds where institution_id = ${scene.institutionId}`;
  return feed?.id ?? 0;
}
