import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roleUrl } from "@/db/roles";
import { isEmbedded } from "@/server/env";
import { deploymentSecret } from "@/server/secrets";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { type ConformanceApp, startConformanceApp } from "./app";
import { eventually } from "./eventually";
import { createMarks, type Mark, readMarks } from "./marks";

let database: TestDatabase;
let app: ConformanceApp;
/** The database's clock before anything was sent. */
let sentAt: number;
const suite = randomUUID();
const about = (name: string): string => `${suite} ${name}`;
const event = (name: string, data: Record<string, unknown> = {}) => ({
  name: `conformance/${name}`,
  data: { about: about(name), ...data },
});

const marksOf = (name: string): Promise<Mark[]> => readMarks(database.administrator, about(name));
const count = (marks: readonly Mark[], label: string): number => marks.filter((mark) => mark.label === label).length;
const values = (marks: readonly Mark[], label: string): unknown[] => marks.filter((mark) => mark.label === label).map((mark) => mark.value);

/** The marks of a case once `label` was left `times` times. */
const marked = (name: string, label: string, times = 1): Promise<Mark[]> =>
  eventually(`${times} × "${label}" of ${name}`, async () => {
    const marks = await marksOf(name);
    return count(marks, label) >= times ? marks : null;
  });

const clock = async (): Promise<number> => {
  const [row] = await database.administrator<{ now: Date }[]>`select durable.now_() as now`;
  return row?.now.getTime() ?? Number.NaN;
};

beforeAll(async () => {
  database = await createDatabase();
  await createMarks(database.administrator);
  app = await startConformanceApp({
    administrator: database.url,
    engine: roleUrl({ url: database.url, secret: deploymentSecret(), role: "engine" }),
  });
  sentAt = await clock();
  await app.send([
    event("sequential"),
    event("loop"),
    event("parallel"),
    event("chains"),
    event("race"),
    event("sleep"),
    event("wait"),
    event("send"),
    event("invoke"),
    event("retry"),
    event("caught"),
    event("failing"),
    event("fatal"),
    event("cancelled"),
    event("cancelled", { about: about("not cancelled") }),
    event("expiring"),
    event("expiring", { about: about("stopped in time") }),
    ...Array.from({ length: 4 }, () => event("limited")),
    event("shared-a", { about: about("shared") }),
    event("shared-b", { about: about("shared") }),
    event("shared-a", { about: about("shared") }),
    event("account-a", { about: about("account") }),
    event("account-b", { about: about("account") }),
    event("account-a", { about: about("account") }),
    event("idempotent"),
    event("idempotent"),
    ...Array.from({ length: 2 }, () => event("keyless")),
    ...Array.from({ length: 2 }, () => event("half-keyed")),
    { ...event("once"), id: `once ${suite}` },
    { ...event("once"), id: `once ${suite}` },
    event("choosy", { n: 1, kind: "b" }),
    event("choosy", { n: 2, kind: "a" }),
    event("choosy", { n: 3, kind: "c" }),
    event("choosy", { kind: "b" }),
    ...Array.from({ length: 3 }, () => event("throttled")),
    ...Array.from({ length: 4 }, () => event("bursting")),
    event("month"),
  ]);
  await marked("cancelled", "begin");
  await marked("stopped in time", "begin");
  await app.send([event("stop", { about: about("cancelled") }), event("stop-soon", { about: about("stopped in time") })]);
});

afterAll(async () => {
  await app?.close();
  await database?.close();
});

describe("the functions behave alike on the embedded executor and on a server", () => {
  it("runs steps one after the other, each once, and gives results back as they were", async () => {
    const marks = await marked("sequential", "done");
    expect(count(marks, "a")).toBe(1);
    expect(count(marks, "b")).toBe(1);
    expect(values(marks, "done")).toEqual([{ n: 1.5, length: 2, b: 2.5, empty: null }]);
  });

  it("tells repeated ids apart by their place", async () => {
    expect(values(await marked("loop", "done"), "done")).toEqual([10]);
  });

  it("runs parallel steps once each and goes on when all are done", async () => {
    const marks = await marked("parallel", "done");
    for (const name of ["x", "y", "z"]) expect(count(marks, name)).toBe(1);
    expect(values(marks, "done")).toEqual(["xyz"]);
  });

  it("runs parallel chains with sleeps to their end", async () => {
    expect(values(await marked("chains", "done"), "done")).toEqual([["ll", "rr"]]);
  });

  it("goes on with the winner of a race while the loser sleeps", async () => {
    expect(values(await marked("race", "done"), "done")).toEqual(["quick won"]);
  });

  it("sleeps at least as long as asked, and not at all until a time that has passed", async () => {
    const marks = await marked("sleep", "awake");
    const [before] = marks.filter((mark) => mark.label === "before");
    const [awake] = marks.filter((mark) => mark.label === "awake");
    expect((awake?.at.getTime() ?? 0) - (before?.at.getTime() ?? 0)).toBeGreaterThanOrEqual(950);
  });

  it("hands over the event that it waited for, and null when none came in time", async () => {
    await eventually("wait", async () => {
      await app.send([event("answer", { about: "somebody else", said: "no" }), event("answer", { about: about("wait"), said: "yes" })]);
      return count(await marksOf("wait"), "done") > 0;
    });
    expect(values(await marksOf("wait"), "done")).toEqual([{ said: "yes", name: "conformance/answer", never: null }]);
  });

  it("sends events from a step", async () => {
    const marks = await marked("send", "told");
    expect(values(await marked("send", "sent"), "sent")).toEqual([1]);
    expect(count(marks, "told")).toBe(1);
  });

  it("invokes a function, gets its result, and can catch its failure", async () => {
    expect(values(await marked("invoke", "done"), "done")).toEqual([{ answer: { doubled: 42 }, failed: true }]);
  });

  it("tries a step again after the time that its error names, counting attempts from 0", async () => {
    const marks = await marked("retry", "done");
    expect(values(marks, "attempt")).toEqual([0, 1]);
    expect(values(marks, "done")).toEqual([1]);
    const [first, second] = marks.filter((mark) => mark.label === "attempt");
    expect((second?.at.getTime() ?? 0) - (first?.at.getTime() ?? 0)).toBeGreaterThanOrEqual(950);
  });

  it("lets the function catch a step that failed for good", async () => {
    expect(values(await marked("caught", "done"), "done")).toEqual([{ message: "broken", final: "for good" }]);
  });

  it("calls onFailure once, with the error, when the attempts are used up", async () => {
    const marks = await marked("failing", "failure");
    expect(values(marks, "attempt")).toEqual([0, 1]);
    expect(values(marks, "failure")).toEqual([{ message: "never", function: "conformance-failing" }]);
  });

  it("does not try again what says that it is pointless", async () => {
    await marked("sequential", "done");
    expect(count(await marked("fatal", "attempt"), "attempt")).toBe(1);
  });

  it("cancels the runs that an event matches, and no others", async () => {
    await marked("not cancelled", "after");
    expect(count(await marksOf("cancelled"), "after")).toBe(0);
  });

  it("cancels by an event only within the time that the event has", async () => {
    await marked("stopped in time", "cancelled");
    const [begin] = await marked("expiring", "begin");
    await eventually("end of the event's second", async () => (await clock()) > (begin?.at.getTime() ?? Number.NaN) + 1_000);
    await app.send([event("stop-late", { about: about("expiring") })]);
    await eventually("end of what was stopped too late", async () => {
      await app.send([event("go", { about: about("stopped in time") }), event("go", { about: about("expiring") })]);
      return count(await marksOf("expiring"), "after") > 0;
    });
    expect(count(await marksOf("expiring"), "cancelled")).toBe(0);
    expect(count(await marksOf("stopped in time"), "after")).toBe(0);
  });

  it("never runs more than the limit of one key at once", async () => {
    expectApart(await marked("limited", "work", 4), 4);
  });

  it("shares a key of scope env between functions", async () => {
    expectApart(await marked("shared", "work", 3), 3);
  });

  it("shares a key of scope account between functions", async () => {
    expectApart(await marked("account", "work", 3), 3);
  });

  it("runs once per idempotency key and once per event id", async () => {
    await marked("throttled", "ran", 3);
    expect(count(await marksOf("idempotent"), "ran")).toBe(1);
    expect(count(await marksOf("once"), "ran")).toBe(1);
  });

  it("takes a key without a value for none where runs are told apart, and for one key where they are limited", async () => {
    expectApart(await marked("keyless", "work", 2), 2);
    await marked("throttled", "ran", 3);
    expect(count(await marksOf("half-keyed"), "ran")).toBe(1);
  });

  it("starts only where the trigger's condition holds", async () => {
    await marked("throttled", "ran", 3);
    expect(values(await marksOf("choosy"), "ran")).toEqual([3]);
  });

  it("spaces throttled runs", async () => {
    const marks = await marked("throttled", "ran", 3);
    const times = marks.map((mark) => mark.at.getTime()).sort((left, right) => left - right);
    // One may start at once, the next two and four seconds later; a busy machine only makes them later.
    times.forEach((time, place) => {
      expect(time - sentAt).toBeGreaterThanOrEqual(place * 2_000);
    });
  });
});

/** Moves the database's test clock, which only the embedded executor looks at. */
async function pass(time: string): Promise<void> {
  await database.administrator`insert into durable.clock_shifts values (${time}::text::interval)`;
  await database.administrator`select pg_notify('durable', '')`;
}

/** A server is waited for; the embedded executor's minute passes by the test clock, so these run on both. */
describe("what takes minutes", () => {
  it("starts as many throttled runs at once as a burst has, and spaces those after it", async () => {
    await marked("bursting", "ran", 2);
    await marked("throttled", "ran", 3);
    // The SDK counts a burst in all; servers of some versions count it on top of the limit.
    const atOnce = count(await marksOf("bursting"), "ran");
    expect(atOnce).toBeLessThanOrEqual(isEmbedded ? 2 : 3);
    for (let ran = atOnce; ran < 4; ran += 1) {
      if (isEmbedded) await pass("1 minute");
      await marked("bursting", "ran", ran + 1);
    }
    const times = (await marksOf("bursting")).map((mark) => mark.at.getTime()).sort((left, right) => left - right);
    expect((times[1] ?? Number.NaN) - sentAt).toBeLessThan(60_000);
    times.slice(atOnce).forEach((time, place) => {
      expect(time - sentAt).toBeGreaterThanOrEqual((place + 1) * 60_000);
    });
  });

  it("starts a run at the tick of a schedule, which is named as the server names it", async () => {
    if (isEmbedded) await pass("1 minute");
    const [tick] = await eventually("tick", async () => {
      const marks = await readMarks(database.administrator, "the schedule");
      return marks.length > 0 ? marks : null;
    });
    expect(tick?.value).toBe("inngest/scheduled.timer");
  });
});

describe.runIf(isEmbedded)("embedded only: what takes days, which only the test clock can make pass", () => {
  it("sleeps for a month", async () => {
    await marked("month", "begin");
    await eventually("sleeper", async () => {
      const timers = await database.administrator`
        select 1 from durable.queue q join durable.jobs j on j.id = q.run_id where q.kind = 'timer' and j.fn_id = 'conformance-month'`;
      return timers.length > 0;
    });
    await pass("29 days");
    await app.send([event("once", { about: about("on the 29th day") })]);
    await marked("on the 29th day", "ran");
    expect(count(await marksOf("month"), "after")).toBe(0);
    await pass("1 day");
    await marked("month", "after");
  });

  it("counts an idempotency key for a day", async () => {
    await app.send([event("idempotent")]);
    await marked("idempotent", "ran", 2);
    await pass("23 hours");
    await app.send([event("idempotent"), event("once", { about: about("within the day") })]);
    await marked("within the day", "ran");
    expect(count(await marksOf("idempotent"), "ran")).toBe(2);
  });
});

/** Asserts on stretches of time in a table that no two overlap and that all have ended. */
function expectApart(marks: readonly Mark[], times: number): void {
  const stretches = marks.map((mark) => [mark.at.getTime(), mark.ended_at?.getTime() ?? Number.POSITIVE_INFINITY] as const);
  expect(stretches).toHaveLength(times);
  stretches.sort(([left], [right]) => left - right);
  for (let place = 1; place < stretches.length; place += 1) {
    expect(stretches[place]?.[0] ?? 0).toBeGreaterThanOrEqual(stretches[place - 1]?.[1] ?? 0);
  }
}
