import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, createMember, createStaff } from "@/tests/support/institution";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

const REASON = "They asked for help with run 214";

async function looking() {
  const [institution, staff] = [await createInstitution(), await createStaff("support")];
  const at = { institution: institution.slug };
  await callerAs(staff).vendor.view.start({ ...at, reason: REASON });
  return { institution, staff, at, look: () => callerAs(staff).institutions.get(at) };
}

describe("a look at an institution by staff (T37)", () => {
  test("shows what a viewer sees, and ends by its button", async () => {
    const { staff, at, look } = await looking();
    expect(await look()).toMatchObject({ slug: at.institution, role: "viewer" });
    expect(await callerAs(staff).session.get()).toMatchObject({ viewing: { institution: at.institution }, institutions: [] });
    expect(await callerAs(staff).vendor.view.end()).toEqual({ isEnded: true });
    await expect(look()).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await callerAs(staff).vendor.view.end()).toEqual({ isEnded: false });
  });

  test("ends by itself after half an hour, which the database keeps to", async () => {
    const { staff, at, look } = await looking();
    const [view] = await db.administrator`
      select extract(epoch from expires_at - started_at)::int as seconds from views where account_id = ${staff.accountId}`;
    expect(view).toEqual({ seconds: 30 * 60 });
    const longer = db.administrator`update views set expires_at = started_at + interval '31 minutes' where account_id = ${staff.accountId}`;
    await expect(longer).rejects.toThrow(/check constraint/);
    await db.administrator`update views set started_at = now() - interval '30 minutes', expires_at = now() where account_id = ${staff.accountId}`;
    await expect(look()).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await callerAs(staff).session.get()).viewing).toBeNull();
    await callerAs(staff).vendor.view.start({ ...at, reason: REASON });
    expect(await look()).toMatchObject({ slug: at.institution });
  });

  test("belongs to one console alone, and to no sign-in without the second factor", async () => {
    const { staff, at } = await looking();
    const halfway = callerAs({ ...staff, staffSessionId: null });
    await expect(halfway.institutions.get(at)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(halfway.vendor.view.start({ ...at, reason: REASON })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(callerAs(await createStaff("admin")).institutions.get(at)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("asks for a reason, and looks at one institution at a time", async () => {
    const { staff, at, look } = await looking();
    for (const reason of ["", "   ", "because"]) {
      await expect(callerAs(staff).vendor.view.start({ ...at, reason })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    }
    const other = await createInstitution();
    await callerAs(staff).vendor.view.start({ institution: other.slug, reason: REASON });
    await expect(look()).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(callerAs(staff).vendor.view.start({ institution: "nowhere", reason: REASON })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });

  test("is told to the institution's people: who, why, when, and whether the roster was seen", async () => {
    const { institution, staff, at } = await looking();
    const { actor: viewer } = await createMember(institution, "viewer");
    const told = async () => (await callerAs(viewer).views.list(at))[0];
    expect(await told()).toMatchObject({ by: staff.email, reason: REASON, isOpen: true, hasReadRoster: false });
    await Promise.all([1, 2, 3].map(() => callerAs(staff).roster.schools({ ...at, environment: "preview" })));
    await callerAs(staff).vendor.view.end();
    expect(await told()).toMatchObject({ isOpen: false, hasReadRoster: true });
    const { entries } = await callerAs(institution.owner.actor).audit.list({ ...at, actor: "staff" });
    expect(entries.map(({ verb, name }) => [verb, name])).toEqual([
      ["view.end", staff.email],
      ["view.readRoster", staff.email],
      ["view.start", staff.email],
    ]);
    expect(entries.at(-1)?.detail).toMatchObject({ reason: REASON });
  });
});
