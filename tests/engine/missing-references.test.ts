import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { onerosterCsv } from "@/server/sources/oneroster-csv";
import type { Reading } from "@/server/sources/source";
import { memoryDelivery, NO_SETTINGS } from "../sources/in-memory";
import { createDatabase, type TestDatabase } from "../support/database";
import { createScene } from "./scene";
import { plan } from "./turns";

// Each test is a whole sync.
vi.setConfig({ testTimeout: 90_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

const files = {
  "orgs.csv":
    "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\ns1,,,North,school,,\n02,,,South,school,,\ns3,,,West,skool,,\n",
  "users.csv":
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName\n" +
    'u1,,,true,"s1,2",student,u1.l,Ann,Lee\n' +
    'u2,,,true,"s9,s1,s8",student,u2.l,Bo,Lee\n' +
    "u3,,,true,s3,student,u3.l,Cy,Lee\n" +
    "u4,,,true,s1,student,u4.l,Di,Lee\n",
};

const large = (reading: Reading): Reading => ({
  ...reading,
  readers: reading.readers.map((each) => ({ ...each, bytes: 16 * 1024 * 1024 })),
});

test.each([
  ["staged", (reading: Reading) => reading],
  ["landing directly", large],
] as const)("%s: a missing reference names what is missing alone, and does not deny a row that is in error", async (_, as) => {
  const scene = await createScene(database.administrator);
  const reading = as(await onerosterCsv.open(memoryDelivery(files), NO_SETTINGS));
  const { context } = await plan(scene, { feedId: await scene.feed(), readings: [reading] });
  const found = await scene.administrator<{ said: string }[]>`
    select code || ' ' || line || ' ' || seen || ': ' || detail as said from issues
    where run_id = ${context.runId} and entity = 'users' order by line, code desc`;
  expect(found.map(({ said }) => said)).toEqual([
    "REF_MISSING 2 2: Neither the roster nor a valid row of the files has 2; the row was left out.",
    "ID_NEAR_MISS 2 2: Nothing has the id 2, but there is 02. They were not matched.",
    "REF_MISSING 3 s9, s8: Neither the roster nor a valid row of the files has s9, s8; the row was left out.",
    "REF_MISSING 4 s3: Neither the roster nor a valid row of the files has s3; the row was left out.",
  ]);
});

test("a circle of parents is told under the column that the file has", async () => {
  const scene = await createScene(database.administrator);
  const orgs = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\ns1,,,North,school,,s1\n";
  const reading = await onerosterCsv.open(memoryDelivery({ "orgs.csv": orgs }), NO_SETTINGS);
  const { context } = await plan(scene, { feedId: await scene.feed(), readings: [reading] });
  const [found] = await scene.administrator`select code, file, column_name from issues where run_id = ${context.runId}`;
  expect(found).toEqual({ code: "ORG_CYCLE", file: "orgs.csv", column_name: "parentSourcedId" });
});
