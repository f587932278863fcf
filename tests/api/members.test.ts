import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Actor, memberOf } from "@/server/auth/actor";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, createMember } from "@/tests/support/institution";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

const membersOf = (actor: Actor) => callerAs(actor).members;

test("a role that is changed or taken away counts at the next request", async () => {
  const { slug: institution, owner, ...rest } = await createInstitution();
  const { actor } = await createMember({ slug: institution, owner, ...rest }, "viewer");
  await membersOf(owner.actor).changeRole({ institution, accountId: actor.accountId, role: "admin" });
  expect((await memberOf(actor, institution)).role).toBe("admin");
  await membersOf(owner.actor).remove({ institution, accountId: actor.accountId });
  await expect(memberOf(actor, institution)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("only owners manage members", async () => {
  const made = await createInstitution();
  for (const role of ["admin", "reviewer", "viewer"] as const) {
    const { actor } = await createMember(made, role);
    const at = { institution: made.slug, accountId: actor.accountId };
    await expect(membersOf(actor).changeRole({ ...at, role: "owner" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(membersOf(actor).remove({ ...at, accountId: made.owner.id })).rejects.toMatchObject({ code: "FORBIDDEN" });
  }
});

describe("the last owner", () => {
  test("can neither leave nor become less; with a second one either may", async () => {
    const made = await createInstitution();
    const at = { institution: made.slug, accountId: made.owner.id };
    const { remove, changeRole } = membersOf(made.owner.actor);
    await expect(remove(at)).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(changeRole({ ...at, role: "admin" })).rejects.toMatchObject({ code: "CONFLICT" });
    await createMember(made, "owner");
    await remove(at);
    await expect(memberOf(made.owner.actor, made.slug)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("stays when two owners throw each other out at the same moment", async () => {
    for (let round = 0; round < 5; round++) {
      const made = await createInstitution();
      const second = (await createMember(made, "owner")).actor;
      const outcomes = await Promise.allSettled([
        membersOf(made.owner.actor).remove({ institution: made.slug, accountId: second.accountId }),
        membersOf(second).changeRole({ institution: made.slug, accountId: made.owner.id, role: "viewer" }),
      ]);
      expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(1);
      const owners = await db.administrator`
        select 1 from members where institution_id = ${made.id} and role = 'owner' and removed_at is null`;
      expect(owners.length).toBeGreaterThanOrEqual(1);
    }
  });

  test("is counted among those who can sign in", async () => {
    const made = await createInstitution();
    const second = (await createMember(made, "owner")).actor;
    await db.administrator`update accounts set disabled_at = now() where id = ${second.accountId}`;
    const gone = membersOf(made.owner.actor).remove({ institution: made.slug, accountId: made.owner.id });
    await expect(gone).rejects.toMatchObject({ code: "CONFLICT" });
  });
});
