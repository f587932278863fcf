import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor, TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { mayMove, PROMOTION_MOVES, PROMOTION_SIDES, PROMOTION_STATES, type PromotionState } from "@/server/roster/promotion";
import { confirmLive, withdrawPromotion } from "@/server/services/promotions/answer";
import { confirmPromotion, requestPromotion } from "@/server/services/promotions/confirm";
import { approvePromotion, askChanges, rejectPromotion } from "@/server/services/promotions/decide";
import { endStalePromotions } from "@/server/services/promotions/supersede";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, createMember, createStaff, type TestInstitution } from "@/tests/support/institution";

let db: TestDatabase;
let staff: readonly Actor[];
beforeAll(async () => {
  db = await createDatabase();
  staff = [await createStaff("approver"), await createStaff("admin"), await createStaff("approver")];
});
afterAll(() => db.close());

test("the database allows exactly the moves of the table", async () => {
  const rows = await db.administrator<{ side: string; before: string; after: string; may: boolean }[]>`
    select s as side, b as before, a as after, promotion_may(s, b, a) as may
    from unnest(${[...PROMOTION_SIDES]}::text[]) s, unnest(${[...PROMOTION_STATES]}::text[]) b, unnest(${[...PROMOTION_STATES]}::text[]) a`;
  expect(rows).toHaveLength(PROMOTION_SIDES.length * PROMOTION_STATES.length ** 2);
  for (const { side, before, after, may } of rows) {
    expect(may, `${side}: ${before} to ${after}`).toBe(mayMove(side as "staff", before as PromotionState, after as PromotionState));
  }
});

test("every state is reached, and what has ended stays ended", () => {
  const reached = new Set<PromotionState>(["draft"]);
  for (const side of PROMOTION_SIDES) for (const to of Object.values(PROMOTION_MOVES[side])) for (const state of to) reached.add(state);
  expect([...reached].toSorted()).toEqual([...PROMOTION_STATES].toSorted());
  for (const ended of ["rejected", "rolledBack", "superseded", "expired"] as const) {
    for (const side of PROMOTION_SIDES) expect(PROMOTION_MOVES[side][ended]).toBeUndefined();
  }
});

test("nobody moves a promotion past the table, thaws a snapshot or begins elsewhere, whatever they write", async () => {
  const institution = await createInstitution();
  const sql = db.administrator;
  await expect(
    sql`insert into promotions (institution_id, number, state, moved_by) values (${institution.id}, 1, 'live', 'system')`,
  ).rejects.toThrow(/begins as a draft/);
  await sql`insert into promotions (institution_id, number, state, moved_by) values (${institution.id}, 1, 'draft', 'institution')`;
  await expect(sql`update promotions set state = 'approved', moved_by = 'staff' where institution_id = ${institution.id}`).rejects.toThrow(
    /No move from draft to approved/,
  );
  await expect(
    sql`insert into promotions (institution_id, number, state, moved_by) values (${institution.id}, 2, 'draft', 'system')`,
  ).rejects.toThrow(/promotions_one_open/);
  await sql`update promotions set state = 'confirmed', round = 1, snapshot_seq = 4, moved_by = 'institution' where institution_id = ${institution.id}`;
  await expect(sql`update promotions set snapshot_seq = 5 where institution_id = ${institution.id}`).rejects.toThrow(/frozen/);
  await expect(sql`update promotions set settings = '{"1": 2}' where institution_id = ${institution.id}`).rejects.toThrow(/frozen/);
  await sql`update promotions set snapshot_digest = 'a' where institution_id = ${institution.id}`;
  await expect(sql`update promotions set snapshot_digest = 'b' where institution_id = ${institution.id}`).rejects.toThrow(
    /does not change/,
  );
});

/** What somebody tries; several at once now and then. */
type Act =
  | { readonly kind: "confirm" | "request" | "withdraw" | "confirmLive"; readonly member: number }
  | { readonly kind: "approve" | "askChanges" | "reject"; readonly staff: number }
  | { readonly kind: "compute" | "previewMoves" | "apply" | "goLive" };

const member = fc.nat({ max: 1 });
const decider = fc.nat({ max: 2 });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("confirm" as const, "request" as const, "request" as const, "withdraw" as const, "confirmLive" as const),
    member,
  }),
  fc.record({
    kind: fc.constantFrom("approve" as const, "approve" as const, "approve" as const, "askChanges" as const, "reject" as const),
    staff: decider,
  }),
  fc.record({
    kind: fc.constantFrom(
      "compute" as const,
      "compute" as const,
      "compute" as const,
      "previewMoves" as const,
      "apply" as const,
      "goLive" as const,
    ),
  }),
);
const turns = fc.array(
  fc.oneof({ weight: 3, arbitrary: act.map((one) => [one]) }, { weight: 1, arbitrary: fc.array(act, { minLength: 2, maxLength: 4 }) }),
  {
    minLength: 12,
    maxLength: 25,
  },
);

/** Roads that surely come to every state that people and time can bring about here; chance alone may miss one. */
const ROADS: readonly (readonly Act[])[] = [
  [
    { kind: "confirm", member: 0 },
    { kind: "compute" },
    { kind: "request", member: 0 },
    { kind: "approve", staff: 0 },
    { kind: "apply" },
    { kind: "goLive" },
    { kind: "confirmLive", member: 0 },
  ],
  [
    { kind: "request", member: 1 },
    { kind: "askChanges", staff: 0 },
    { kind: "request", member: 1 },
    { kind: "compute" },
    { kind: "reject", staff: 1 },
  ],
  [{ kind: "confirm", member: 0 }, { kind: "withdraw", member: 0 }, { kind: "request", member: 0 }, { kind: "previewMoves" }],
];

test("random people in random order, at once too: only legal moves, one decision a round, two people always", async () => {
  const reached = new Set<string>();
  await fc.assert(
    fc.asyncProperty(turns, async (all) => {
      const institution = await createInstitution();
      // The second admin is of the vendor's staff as well.
      const second = await createMember(institution, "admin");
      const hat = staff[2];
      if (hat === undefined) throw new Error("No staff");
      await db.administrator`
        insert into members (institution_id, account_id, role) values (${institution.id}, ${hat.accountId}, 'admin')`;
      const members = [institution.owner.member, { ...second.member, accountId: hat.accountId }];
      await db.administrator`update environments set head_seq = 1 where institution_id = ${institution.id} and name = 'preview'`;
      for (const together of all) {
        await Promise.all(together.map((one) => attempt({ institution, members, act: one })));
        await check(institution, reached);
      }
    }),
    // The roads are run first, and are held to the same.
    { numRuns: ROADS.length + 12, examples: ROADS.map((road) => [road.map((one) => [one])]) },
  );
  const elsewhere = ["expired", "rolledBack"];
  expect([...reached].toSorted()).toEqual(PROMOTION_STATES.filter((state) => !elsewhere.includes(state)).toSorted());
});

/** Does it or is refused with a word for people; a failure of any other kind fails the test. */
async function attempt(of: { institution: TestInstitution; members: readonly TenantActor[]; act: Act }): Promise<void> {
  const { institution, act: tried } = of;
  const [newest] = await db.administrator<{ id: string; number: number; snapshot_digest: string | null }[]>`
    select id, number, snapshot_digest from promotions where institution_id = ${institution.id} order by number desc limit 1`;
  const [head] = await db.administrator<{ seq: number }[]>`
    select head_seq as seq from environments where institution_id = ${institution.id} and name = 'preview'`;
  const at = { promotion: newest?.id ?? randomUUID() };
  const by = "member" in tried ? of.members[tried.member] : undefined;
  const decides = "staff" in tried ? staff[tried.staff] : undefined;
  try {
    switch (tried.kind) {
      case "confirm":
        if (by !== undefined) await confirmPromotion(by, { seq: head?.seq ?? 1 });
        return;
      case "request":
        if (by !== undefined) await requestPromotion(by, { seq: head?.seq ?? 1 });
        return;
      case "withdraw":
        if (by !== undefined) await withdrawPromotion(by, {});
        return;
      case "confirmLive":
        if (by !== undefined) await confirmLive(by, { promotion: newest?.number ?? 1 });
        return;
      case "approve":
        if (decides !== undefined) await approvePromotion(decides, { ...at, digest: newest?.snapshot_digest ?? "none", drift: null });
        return;
      case "askChanges":
        if (decides !== undefined) await askChanges(decides, { ...at, reason: "Please look" });
        return;
      case "reject":
        if (decides !== undefined) await rejectPromotion(decides, { ...at, reason: "Not ours" });
        return;
      case "compute":
        await db.administrator`
          update promotions set snapshot_digest = coalesce(snapshot_digest, 'd' || round), production_seq = 0, difference = '[]'
          where institution_id = ${institution.id} and state in ('confirmed', 'requested')`;
        return;
      case "previewMoves":
        await asTenant(institution.id, async (tx) => {
          const seq = (head?.seq ?? 1) + 1;
          await tx.execute(`update environments set head_seq = ${seq} where institution_id = ${institution.id} and name = 'preview'`);
          await endStalePromotions(tx, { institutionId: institution.id, seq, run: seq });
        });
        return;
      case "apply":
        await db.administrator`update promotions set state = 'applying', moved_by = 'system' where institution_id = ${institution.id} and state = 'approved'`;
        return;
      case "goLive":
        await db.administrator`update promotions set state = 'live', moved_by = 'system' where institution_id = ${institution.id} and state = 'applying'`;
        return;
      default:
        tried satisfies never;
    }
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
  }
}

async function check(institution: TestInstitution, reached: Set<string>): Promise<void> {
  const rows = await db.administrator<
    {
      state: PromotionState;
      decided_by: number | null;
      confirmed_by: number | null;
      requested_by: number | null;
      snapshot_seq: number | null;
      head: number;
    }[]
  >`select p.*, e.head_seq as head from promotions p join environments e on e.institution_id = p.institution_id and e.name = 'preview'
    where p.institution_id = ${institution.id}`;
  for (const row of rows) {
    reached.add(row.state);
    if (row.decided_by !== null) expect([row.confirmed_by, row.requested_by]).not.toContain(row.decided_by);
    if (row.state === "requested") expect(row.snapshot_seq).toBe(row.head);
  }
  expect(
    rows.filter(({ state }) => ["draft", "confirmed", "requested", "changesAsked", "approved", "applying"].includes(state)).length,
  ).toBeLessThanOrEqual(1);
  // What the discussion tells is a road of the table, and every round was decided at most once.
  const moves = await db.administrator<{ id: string; round: number; side: "staff" | "institution" | "system"; state: PromotionState }[]>`
    select promotion_id as id, round, side, state from promotion_notes where institution_id = ${institution.id} and state is not null order by promotion_notes.id`;
  const known = new Map<string, PromotionState>();
  const decided = new Set<string>();
  for (const { id, round, side, state } of moves) {
    const before = known.get(id) ?? "draft";
    // Applying and going live are written past the verbs here.
    const isLegal = mayMove(side, before, state) || (before === "approved" && state === "confirmedLive");
    expect(isLegal, `${side}: ${before} to ${state}`).toBe(true);
    known.set(id, state);
    if (side !== "staff") continue;
    expect(decided.has(`${id} ${round}`), "decided twice in one round").toBe(false);
    decided.add(`${id} ${round}`);
  }
}
