import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerMetrics } from "@/server/metrics-door";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution } from "@/tests/support/institution";

const TOKEN = "a-token-of-sixteen-or-more";
let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database?.close());

const asked = (headers: Record<string, string> = {}): Request =>
  new Request("http://localhost:3000/api/metrics", { headers: { host: "localhost:3000", ...headers } });

describe("the door of Prometheus", () => {
  it("opens to the token alone where one is set, from this machine too", async () => {
    const door = { token: TOKEN, isLocal: true };
    const refused: Record<string, string>[] = [
      {},
      { authorization: `Bearer ${TOKEN}x` },
      { authorization: "Bearer " },
      { authorization: `Basic ${TOKEN}` },
    ];
    for (const headers of refused) expect((await answerMetrics(asked(headers), door)).status).toBe(401);
    for (const word of ["Bearer", "bearer"]) {
      const answer = await answerMetrics(asked({ authorization: `${word} ${TOKEN}`, "x-forwarded-for": "203.0.113.9" }), door);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    }
  });

  it("opens without a token to this machine alone, and only where the app is reached on it alone", async () => {
    const local = { token: undefined, isLocal: true };
    expect((await answerMetrics(asked(), local)).status).toBe(200);
    expect((await answerMetrics(asked({ "x-forwarded-for": "::ffff:127.0.0.1" }), local)).status).toBe(200);
    const strangers: Record<string, string>[] = [
      { host: "rollcall.example" },
      { "x-forwarded-for": "203.0.113.9" },
      { "x-forwarded-for": "203.0.113.9, 127.0.0.1" },
      { forwarded: "for=203.0.113.9" },
    ];
    for (const headers of strangers) expect((await answerMetrics(asked(headers), local)).status, JSON.stringify(headers)).toBe(401);
    expect((await answerMetrics(asked(), { token: undefined, isLocal: false })).status).toBe(401);
    expect((await answerMetrics(asked({ authorization: "Bearer undefined" }), { token: undefined, isLocal: false })).status).toBe(401);
  });

  it("says how functions stand, and nothing that tells institutions or people apart", async () => {
    const institution = await createInstitution("Canary Unified");
    await database.administrator`
      insert into durable.jobs (id, fn_id, status, events, created_at)
      values ('0198-canary-run', 'rollcall-prepare-run', 'running',
        ${database.administrator.json([{ name: "run/requested", data: { institutionId: institution.id, runId: "canary-run" } }])}, now() - interval '2 minutes')`;
    const text = await (await answerMetrics(asked({ authorization: `Bearer ${TOKEN}` }), { token: TOKEN, isLocal: false })).text();
    expect(text).toContain('rollcall_jobs{fn="rollcall-prepare-run",status="running"} 1');
    expect(Number(/rollcall_job_oldest_seconds\{fn="rollcall-prepare-run",status="running"\} (\S+)/.exec(text)?.[1])).toBeGreaterThan(119);
    for (const name of ["rollcall_queue_due", "rollcall_queue_oldest_due_seconds", "rollcall_lease_expiries_last_hour"]) {
      expect(text).toMatch(new RegExp(`^${name} 0$`, "m"));
    }
    for (const secret of [/canary/i, institution.slug, institution.owner.email, /institution/i]) expect(text).not.toMatch(secret);
  });
});
