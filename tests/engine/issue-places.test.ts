import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { onerosterCsv } from "@/server/sources/oneroster-csv";
import type { Reading } from "@/server/sources/source";
import { memoryDelivery, NO_SETTINGS } from "../sources/in-memory";
import { createDatabase, type TestDatabase } from "../support/database";
import { createScene, type Scene } from "./scene";
import { plan } from "./turns";

// Each test is a handful of whole syncs.
vi.setConfig({ testTimeout: 90_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

const person = (key: string, enabled = "true"): string => `${key},,,${enabled},${key}.login,,Given,${key}${",".repeat(14)}\n`;
const role = (key: string, of: string, said: string): string => `${key},,,${of},primary,${said},\n`;
const files = {
  "orgs.csv": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\ns1,,,North,school,,\ns2,,,South,school,,\n",
  "users.csv":
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n" +
    person("u1") +
    person("u2", "perhaps") +
    person("u3") +
    person("u4") +
    person("u5") +
    person("u5"),
  "roles.csv":
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n" +
    role("r1", "u1", "student,,,s1") +
    role("r2", "u2", "student,,,s1") +
    role("r3", "u3", "student,,,s2") +
    role("r3b", "u3", "jester,,,s2") +
    role("r4", "u4", "student,,,s9") +
    role("r5", "u5", "student,,,s1") +
    role("r9", "nobody", "student,,,s2"),
};

/** By school: rows that the tie-out counts as in error or ignored, and those of which a finding says so. */
async function tied(scene: Scene, runId: string) {
  const counted = await scene.administrator<{ said: string }[]>`
    select school_key || ' ' || o || ' ' || (counts ->> o) as said from run_schools, unnest(array['rejected', 'ignored']) o
    where run_id = ${runId} and entity = 'users' and (counts ->> o)::int > 0 order by 1`;
  const listed = await scene.administrator<{ said: string }[]>`
    select coalesce(school_key, '') || ' ' || outcome || ' ' || count(distinct (position, row_line)) as said from issues
    where run_id = ${runId} and entity = 'users' and outcome is not null group by coalesce(school_key, ''), outcome order by 1`;
  return { counted: counted.map(({ said }) => said), listed: listed.map(({ said }) => said) };
}

const large = (reading: Reading): Reading => ({
  ...reading,
  readers: reading.readers.map((each) => ({ ...each, bytes: 16 * 1024 * 1024 })),
});

test.each([
  ["staged", (reading: Reading) => reading, ["s1 ignored 1", "s1 rejected 1", "s2 rejected 1", "s9 rejected 1"]],
  // What is found twice lies in its final place already, where it is removed by its key: under no school.
  ["landing directly", large, [" ignored 1", "s1 rejected 1", "s2 rejected 1", "s9 rejected 1"]],
] as const)("%s: the findings of each school are those of the rows that its tie-out counts", async (_, as, expected) => {
  const scene = await createScene(database.administrator);
  const reading = as(await onerosterCsv.open(memoryDelivery(files), NO_SETTINGS));
  const { context, prepared } = await plan(scene, { feedId: await scene.feed(), readings: [reading] });
  expect(prepared).toMatchObject({ outcome: "prepared" });
  const { counted, listed } = await tied(scene, context.runId);
  expect(counted).toEqual(expected);
  expect(listed).toEqual(counted);
});
