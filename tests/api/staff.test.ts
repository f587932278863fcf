import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actorOf } from "@/server/auth/actor";
import { AppError } from "@/server/errors";
import { resetFactorOf } from "@/server/services/staff/reset-factor";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createStaff } from "@/tests/support/institution";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

test("an admin adds, changes and removes people of the vendor, each told in the staff's own audit", async () => {
  const admin = await createStaff("admin");
  const { staff } = callerAs(admin).vendor;
  const { accountId } = await staff.add({ email: "Noor@Vendor.Example", name: "Noor Haddad", role: "support" });
  expect((await staff.list()).find((one) => one.accountId === accountId)).toMatchObject({
    email: "noor@vendor.example",
    role: "support",
    factors: [],
  });
  expect(await staff.add({ email: "noor@vendor.example", role: "admin" }), "who is there keeps their role").toMatchObject({ isNew: false });
  await staff.changeRole({ accountId, role: "approver" });
  await staff.remove({ accountId });
  expect((await staff.list()).find((one) => one.accountId === accountId)).toBeUndefined();
  await expect(staff.remove({ accountId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  const entries = await db.administrator`
    select account_id, verb, detail from staff_audit where subject = ${`account ${accountId}`} order by id`;
  const by = { account_id: admin.accountId };
  expect(entries).toEqual([
    { ...by, verb: "staff.add", detail: { role: "support" } },
    { ...by, verb: "staff.changeRole", detail: { role: "approver" } },
    { ...by, verb: "staff.remove", detail: {} },
  ]);
});

test("nobody else of the vendor does", async () => {
  for (const role of ["support", "approver"] as const) {
    const one = await createStaff(role);
    const { staff } = callerAs(one).vendor;
    await expect(staff.list()).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(staff.changeRole({ accountId: one.accountId, role: "admin" })).rejects.toMatchObject({ code: "FORBIDDEN" });
  }
});

test("a colleague's second factor is taken away with their codes and open consoles; one's own is not", async () => {
  const [admin, other] = [await createStaff("admin"), await createStaff("support")];
  await db.administrator`
    insert into staff_factors (account_id, kind, label, secret, confirmed_at) values (${other.accountId}, 'totp', 'App', 'sealed', now())`;
  await db.administrator`insert into staff_recovery_codes (account_id, digest) values (${other.accountId}, 'digest')`;
  const { staff } = callerAs(admin).vendor;
  expect((await staff.list()).find((one) => one.accountId === other.accountId)).toMatchObject({ factors: ["totp"], openSessions: 1 });
  await staff.resetFactor({ accountId: other.accountId });
  expect((await staff.list()).find((one) => one.accountId === other.accountId)).toMatchObject({ factors: [], openSessions: 0 });
  expect(await db.administrator`select 1 from staff_recovery_codes where account_id = ${other.accountId}`).toEqual([]);
  expect(await actorOf(other.sessionId)).toMatchObject({ staffRole: "support", staffSessionId: null });
  await expect(staff.resetFactor({ accountId: admin.accountId })).rejects.toMatchObject({ code: "CONFLICT" });
});

test("whoever holds a shell lets in again who lost everything, and nobody who is not staff", async () => {
  const admin = await createStaff("admin");
  expect(await resetFactorOf(admin.email.toUpperCase())).toEqual({ email: admin.email });
  expect(await actorOf(admin.sessionId)).toMatchObject({ staffRole: "admin", staffSessionId: null });
  for (const email of ["nobody@vendor.example", "not an address"]) await expect(resetFactorOf(email)).rejects.toThrow(AppError);
  const entries = await db.administrator`select actor, account_id from staff_audit where verb = 'staff.resetFactor' and actor = 'command'`;
  expect(entries).toEqual([{ actor: "command", account_id: null }]);
});

describe("the last admin", () => {
  test("stays, also when two throw each other out at the same moment", async () => {
    await db.administrator`update staff set removed_at = now() where role <> 'admin'`;
    const one = await createStaff("admin");
    await db.administrator`update staff set role = 'support' where role = 'admin' and account_id <> ${one.accountId}`;
    const { staff } = callerAs(one).vendor;
    await expect(staff.remove({ accountId: one.accountId })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(staff.changeRole({ accountId: one.accountId, role: "support" })).rejects.toMatchObject({ code: "CONFLICT" });
    const two = await createStaff("admin");
    const outcomes = await Promise.allSettled([
      staff.remove({ accountId: two.accountId }),
      callerAs(two).vendor.staff.changeRole({ accountId: one.accountId, role: "approver" }),
    ]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await db.administrator`select count(*)::int as n from staff where role = 'admin' and removed_at is null`).toEqual([{ n: 1 }]);
  });
});
