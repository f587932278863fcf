import { expect, test } from "vitest";
import { setMode } from "@/server/services/feeds/set-mode";
import { requestPromotion } from "@/server/services/promotions/confirm";
import { approvePromotion } from "@/server/services/promotions/decide";
import { district, HEADERS, row } from "@/tests/fixtures/district";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createStaff } from "@/tests/support/institution";
import { approval, productionRun, seen } from "./promotion-scene";
import { asFiles, createRunScene } from "./scene";

const db = databaseWithWorker();

const delta = (...people: { id: string; school: string }[]) => [
  {
    name: "users.csv",
    content: `${HEADERS["users.csv"]}\n${people
      .map(({ id, school }) =>
        row("users.csv", {
          sourcedId: id,
          status: "active",
          dateLastModified: `2026-09-0${id.slice(1)}T00:00:00.000Z`,
          username: `login-${id}`,
          orgSourcedIds: school,
        }),
      )
      .join("\n")}\n`,
  },
];

test("what a delta says of other schools comes along with the next run of all, after its own school's was committed", async () => {
  const scene = await createRunScene();
  await scene.prepare(asFiles(district()), { autoCommit: true });
  await setMode(scene.owner, { feed: scene.feed, file: "*", mode: "delta" });
  const ofOne = await scene.prepare(delta({ id: "n1", school: "s1" }, { id: "n2", school: "s2" }), { schools: ["s1"], autoCommit: true });
  expect(ofOne).toMatchObject({ state: "committed", counts: { users: { add: 1 } } });
  // The same school again: what it committed is behind it.
  const sameAgain = await scene.prepare(delta({ id: "n3", school: "s1" }), { schools: ["s1"], autoCommit: true });
  expect(sameAgain.deliveries).toHaveLength(1);
  // Nobody waits here for the minute in which three runs may be started.
  await db.administrator`update runs set created_at = created_at - interval '2 minutes' where institution_id = ${scene.institution.id}`;
  const ofAll = await scene.prepare(delta({ id: "n4", school: "s2" }));
  expect(ofAll.deliveries).toHaveLength(3);
  expect(ofAll.counts.users).toMatchObject({ add: 2, edit: 0, archive: 0 });
}, 180_000);

test("what a delta says of other schools comes along in Production too, after a snapshot of its own school's went there", async () => {
  const scene = await createRunScene();
  await scene.prepare(asFiles(district()), { autoCommit: true });
  await setMode(scene.owner, { feed: scene.feed, file: "*", mode: "delta" });
  await scene.prepare(delta({ id: "n1", school: "s1" }, { id: "n2", school: "s2" }), { schools: ["s1"], autoCommit: true });
  await scene.prepare(delta({ id: "n3", school: "s1" }), { schools: ["s1"], autoCommit: true });
  await requestPromotion(scene.owner, { seq: 3 });
  const approver = await createStaff("approver");
  await approvePromotion(approver, seen(await approval(db, approver, scene)));
  const followed = await productionRun(db, scene, { run: 5, states: ["ready", "held"] });
  expect(followed.deliveries).toHaveLength(2);
  expect(followed.counts.users).toMatchObject({ add: 1, edit: 0, archive: 0 });
}, 180_000);
