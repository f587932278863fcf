import { afterAll, beforeAll, expect, test } from "vitest";
import { cancelRun } from "@/server/services/runs/cancel";
import { startRun } from "@/server/services/runs/start";
import { eventually } from "@/tests/conformance/eventually";
import { district, file } from "@/tests/fixtures/district";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { asFiles, createRunScene, startWorker } from "./scene";

let db: TestDatabase;
let worker: { stop(): Promise<void> };
beforeAll(async () => {
  db = await createDatabase();
  worker = await startWorker();
});
afterAll(async () => {
  await worker.stop();
  await db.close();
});

const SLOW = 180_000;
const people = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ sourcedId: `p${n}`, username: `login${n}`, givenName: `Given ${n}`, familyName: "Tran" }));

test(
  "auto-commit never passes a hold",
  async () => {
    const scene = await createRunScene();
    await scene.prepare(asFiles(district({ "users.csv": file("users.csv", people(60)) })), { autoCommit: true });
    const held = await scene.prepare(asFiles(district()), { autoCommit: true });
    expect(held).toMatchObject({ state: "held", autoCommit: true, commitSeq: null });
    const decided = await db.administrator`select 1 from decisions where run_id = ${held.id}`;
    expect(decided).toHaveLength(0);
  },
  SLOW,
);

test(
  "an event that names a run of another institution does nothing and is not tried again (T28)",
  async () => {
    const scene = await createRunScene();
    const stranger = await createRunScene();
    const plan = await scene.prepare(asFiles(district()));
    const data = JSON.stringify({ institutionId: stranger.institution.id, runId: plan.id });
    await db.administrator`select durable.emit('run/decided', ${data}::text::jsonb)`;
    const [job] = await eventually(
      "dead letter",
      async () => {
        const jobs = await db.administrator<{ error: unknown }[]>`
        select error from durable.jobs where status = 'failed' and fn_id like '%commit-run' and events -> 0 -> 'data' ->> 'runId' = ${plan.id}`;
        return jobs.length > 0 ? jobs : null;
      },
      60_000,
    );
    expect(JSON.stringify(job)).toContain("no such run");
    expect((await scene.report(1)).state).toBe("ready");
  },
  SLOW,
);

test(
  "a plan that waited two weeks ends by itself, and its delivery stays for the next run",
  async () => {
    const scene = await createRunScene();
    const plan = await scene.prepare(asFiles(district()));
    await db.administrator`update runs set prepared_at = now() - interval '15 days' where id = ${plan.id}`;
    await db.administrator`insert into durable.clock_shifts (shift) values (interval '61 minutes')`;
    await db.administrator`select pg_notify('durable', '')`;
    const report = await scene.until(1, ["expired"]);
    expect(report).toMatchObject({ reasonCode: "EXPIRED", next: { canCommit: false } });
    const [delivery] = await db.administrator`select state from deliveries where id = ${plan.deliveries[0]?.id ?? ""}`;
    expect(delivery?.state).toBe("ready");
  },
  SLOW,
);

test(
  "a delta builds upon the newest full list that nobody committed, and on nothing that could not be read",
  async () => {
    const scene = await createRunScene();
    const header = file("users.csv").split("\n")[0];
    await scene.deliver(asFiles(district({ "users.csv": file("users.csv", people(30)) })));
    await scene.deliver(asFiles(district({ "users.csv": "sourcedId,status\nu1,\n" })));
    await scene.deliver(asFiles(district()));
    const rows =
      "n1,active,2026-09-01T00:00:00.000Z,true,s1,student,new,,New,Person,,,,,,,09,\nx9,tobedeleted,2026-09-02T00:00:00.000Z,,,,,,,,,,,,,,,\n";
    const plan = await scene.prepare([{ name: "users.csv", content: `${header}\n${rows}` }]);
    expect(plan.deliveries).toHaveLength(2);
    expect(plan.files.filter(({ name }) => name === "users.csv").map(({ mode }) => mode)).toEqual(["bulk", "delta"]);
    expect(plan.issues.filter(({ severity }) => severity !== "warning")).toEqual([]);
    expect(plan.counts.users).toMatchObject({ add: 4, archive: 0 });
  },
  SLOW,
);

test(
  "a run that waits for its environment ends when it is cancelled, not when its turn comes",
  async () => {
    const scene = await createRunScene();
    const plan = await scene.prepare(asFiles(district()));
    await worker.stop();
    const delivery = await scene.deliver(asFiles(district()));
    const { number } = await startRun(scene.owner, { environment: "preview", feed: scene.feed, delivery, kind: "full", autoCommit: false });
    await db.administrator`update runs set state = 'loading' where id = ${plan.id}`;
    worker = await startWorker();
    await eventually("wait for its turn", async () => {
      const waits = await db.administrator`
        select 1 from durable.waits w join durable.jobs j on j.id = w.run_id where j.institution = ${String(scene.institution.id)}`;
      return waits.length > 0;
    });
    await cancelRun(scene.owner, { environment: "preview", run: number });
    // Its turn would come in three minutes.
    await eventually("end of the cancelled run", async () => (await scene.stateOf(number)) === "discarded", 90_000);
    expect(await scene.report(number)).toMatchObject({ reasonCode: "CANCELLED" });
    expect(await scene.stateOf(plan.number)).toBe("loading");
  },
  SLOW,
);
