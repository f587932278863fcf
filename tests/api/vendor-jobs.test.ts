import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "@/server/auth/actor";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, createStaff, type TestInstitution } from "@/tests/support/institution";

let database: TestDatabase;
let institution: TestInstitution;
let admin: Actor;

beforeAll(async () => {
  database = await createDatabase();
  institution = await createInstitution();
  admin = await createStaff("admin");
});
afterAll(() => database?.close());

/** A run of a function, as the executor leaves it; about no institution where none is given. */
async function jobIn(status: "running" | "failed" | "completed", institutionId?: number): Promise<string> {
  const id = randomUUID();
  const events = [{ name: "run/requested", data: institutionId === undefined ? {} : { institutionId, runId: randomUUID() } }];
  await database.administrator`
    insert into durable.jobs (id, fn_id, status, events, created_at, ended_at)
    values (${id}, 'rollcall-prepare-run', ${status}, ${database.administrator.json(events)}, now(), ${status === "running" ? null : new Date()})`;
  return id;
}

const asked = (id: string) => database.administrator`select kind, payload from durable.queue where run_id = ${id}`;
const audited = (id: string) => database.administrator`
  select institution_id, account_id, actor, verb from audit where subject = ${`job ${id}`}`;

describe("what staff may do about a run of a function", () => {
  it("is asked of the executor with its reason, and stands in the audit of the institution that it is about", async () => {
    for (const [verb, status] of [
      ["retry", "failed"],
      ["cancel", "running"],
    ] as const) {
      const id = await jobIn(status, institution.id);
      await callerAs(admin).vendor.jobs[verb]({ id, reason: "The disk was full" });
      expect(await asked(id)).toEqual([{ kind: verb, payload: { reason: "The disk was full", by: String(admin.accountId) } }]);
      expect(await audited(id)).toEqual([
        { institution_id: institution.id, account_id: admin.accountId, actor: "staff", verb: `job.${verb}` },
      ]);
    }
  });

  it("is possible for a run that is about no institution", async () => {
    const id = await jobIn("failed");
    await callerAs(admin).vendor.jobs.retry({ id, reason: "The disk was full" });
    expect(await asked(id)).toHaveLength(1);
    expect(await audited(id)).toEqual([]);
  });

  it("takes a reason, a run that there is, and one that is not over or not at work", async () => {
    const failed = await jobIn("failed", institution.id);
    const running = await jobIn("running", institution.id);
    const { retry, cancel } = callerAs(admin).vendor.jobs;
    for (const reason of ["", "   ", "no"]) await expect(retry({ id: failed, reason })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(retry({ id: running, reason: "For fun" })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(cancel({ id: failed, reason: "For fun" })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(cancel({ id: randomUUID(), reason: "For fun" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect([...(await asked(failed)), ...(await asked(running))]).toEqual([]);
  });

  it("is the admins' alone: everyone else of the staff reads", async () => {
    const id = await jobIn("failed", institution.id);
    for (const role of ["support", "approver"] as const) {
      const { jobs } = callerAs(await createStaff(role)).vendor;
      expect(await jobs.get({ id })).toMatchObject({ id, status: "failed", institution: { slug: institution.slug } });
      await expect(jobs.retry({ id, reason: "For fun" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    await expect(callerAs(institution.owner.actor).vendor.jobs.get({ id })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await asked(id)).toEqual([]);
  });

  it("finds runs by state, function, institution and age together", async () => {
    const other = await createInstitution();
    const id = await jobIn("failed", other.id);
    await database.administrator`update durable.jobs set created_at = now() - interval '11 minutes' where id = ${id}`;
    const { list } = callerAs(admin).vendor.jobs;
    const filter = { status: "failed", fnId: "rollcall-prepare-run", institution: other.slug, olderThanMinutes: 10 } as const;
    const { jobs } = await list(filter);
    expect(jobs.map((job) => job.id)).toEqual([id]);
    expect(jobs[0]?.ageMs).toBeGreaterThan(659_000);
    const others = [
      { status: "running" },
      { fnId: "rollcall-commit-run" },
      { institution: institution.slug },
      { olderThanMinutes: 12 },
    ] as const;
    for (const change of others) expect((await list({ ...filter, ...change })).jobs).toEqual([]);
  });
});
