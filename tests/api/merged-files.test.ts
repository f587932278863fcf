import { expect, test, vi } from "vitest";
import { chooseChanges } from "@/server/services/changes/choose";
import { commitRun } from "@/server/services/runs/commit";
import { listRuns } from "@/server/services/runs/list";
import { district, file } from "@/tests/fixtures/district";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { asFiles, createRunScene } from "./scene";

vi.setConfig({ testTimeout: 120_000 });

databaseWithWorker();

const person = (key: string): string => `${key},,,true,${key}.login,,Given,${key}${",".repeat(14)}\n`;
const people = {
  "orgs.csv": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\ns1,,,North,school,,\n",
  "users.csv":
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n" +
    person("u1") +
    person("u2"),
  "roles.csv":
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n" +
    "r1,,,u1,primary,student,,,s1,\nr2,,,u2,primary,teacher,,,s1,\nr3,,,u2,secondary,aide,,,s1,\nr9,,,nobody,primary,student,,,s1,\n",
  "userProfiles.csv":
    "sourcedId,status,dateLastModified,userSourcedId,profileType,vendorId,applicationId,description,credentialType,username,password\n" +
    "p1,,,u1,account,vendor.example,app,,password,ann.lee,\n",
};

test("files that are read into the rows of people say how many rows they had, and all of them are accounted for", async () => {
  const scene = await createRunScene();
  const { files, counts } = await scene.prepare(asFiles(people));
  const told = Object.fromEntries(
    files.map(({ name, rows, mergedInto, counts: { read, rejected } }) => [name, { rows, mergedInto, read, rejected }]),
  );
  expect(told).toEqual({
    "orgs.csv": { rows: 1, mergedInto: null, read: 1, rejected: 0 },
    "users.csv": { rows: 2, mergedInto: null, read: 2, rejected: 0 },
    "roles.csv": { rows: 4, mergedInto: "users.csv", read: 4, rejected: 1 },
    "userProfiles.csv": { rows: 1, mergedInto: "users.csv", read: 1, rejected: 0 },
  });
  expect(counts.users).toMatchObject({ read: 2, add: 2, rejected: 0 });
});

test("relationships that rows of people say are counted as said by them", async () => {
  const scene = await createRunScene();
  const family = (extra: readonly Record<string, string>[] = []) =>
    asFiles(
      district({
        "users.csv": file("users.csv", [
          { sourcedId: "g1", role: "guardian", username: "gus", givenName: "Gus", familyName: "Ek", grades: "" },
          { sourcedId: "c1", username: "cia", givenName: "Cia", familyName: "Ek", agentSourcedIds: "g1" },
          ...extra,
        ]),
      }),
    );
  const first = await scene.prepare(family(), { autoCommit: true });
  expect([first.relationshipsSaid, first.counts.relationships.add]).toEqual([1, 1]);
  const second = await scene.prepare(
    family([{ sourcedId: "c2", username: "cy", givenName: "Cy", familyName: "Ek", agentSourcedIds: "g1" }]),
  );
  expect(second.relationshipsSaid).toBe(2);
  expect(second.counts.relationships).toMatchObject({ before: 1, add: 1, archive: 0 });

  // No row of a file asked for the relationship, and yet it is refused with the person, not already so.
  const { owner } = scene;
  const plan = { environment: "preview", run: second.number } as const;
  const { selection } = await chooseChanges(owner, { ...plan, selectionVersion: 0, scope: { kind: "all" }, on: false });
  await commitRun(owner, { ...plan, selectionVersion: selection.version });
  const committed = await scene.until(second.number, ["committed"]);
  expect(committed.counts.relationships).toMatchObject({ add: 0, refused: 1 });
  const { rows } = await listRuns(owner, { environment: "preview" });
  expect(rows[0]?.leftOut).toBe(selection.offCauses.person + selection.offCauses.follows);
});
