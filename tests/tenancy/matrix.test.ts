import { TRPCError } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@/server/auth/actor";
import { roleCan, staffCan } from "@/server/auth/permissions";
import { AppError } from "@/server/errors";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createStaff } from "@/tests/support/institution";
import { type ListedProcedure, listProcedures } from "@/tests/support/procedures";
import { tenantDigest, tenantDigests } from "./digest";
import type { Fixture, Fixtures, Ids } from "./fixture";
import { changeFixtures } from "./fixtures/changes";
import { configureFixtures } from "./fixtures/configure";
import { dataFixtures } from "./fixtures/data";
import { deliveryFixtures } from "./fixtures/deliveries";
import { feedFixtures } from "./fixtures/feeds";
import { institutionFixtures } from "./fixtures/institutions";
import { notificationFixtures } from "./fixtures/notifications";
import { onboardingFixtures } from "./fixtures/onboarding";
import { organizationFixtures } from "./fixtures/organizations";
import { overviewFixtures } from "./fixtures/overview";
import { promotionFixtures } from "./fixtures/promotions";
import { rosterFixtures } from "./fixtures/roster";
import { runFixtures } from "./fixtures/runs";
import { secondFactorFixtures } from "./fixtures/second-factor";
import { secretFixtures } from "./fixtures/secrets";
import { sessionFixtures } from "./fixtures/session";
import { vendorJobFixtures } from "./fixtures/vendor-jobs";
import { welcomeFixtures } from "./fixtures/welcome";
import { nobodysIds, type Scene, setScene } from "./scene";

const fixtures: Fixtures = {
  ...sessionFixtures,
  ...secondFactorFixtures,
  ...institutionFixtures,
  ...feedFixtures,
  ...configureFixtures,
  ...dataFixtures,
  ...deliveryFixtures,
  ...runFixtures,
  ...changeFixtures,
  ...organizationFixtures,
  ...overviewFixtures,
  ...rosterFixtures,
  ...promotionFixtures,
  ...onboardingFixtures,
  ...vendorJobFixtures,
  ...secretFixtures,
  ...notificationFixtures,
  ...welcomeFixtures,
};
const procedures = listProcedures();

let db: TestDatabase;
let a: Scene;
let b: Scene;
let support: Actor;
let approver: Actor;

beforeAll(async () => {
  db = await createDatabase();
  // Ids that stand out, so that none of them is found in an answer by chance.
  await db.administrator`alter sequence feeds_id_seq restart 50001`;
  [a, b] = [await setScene(db), await setScene(db)];
  [support, approver] = [await createStaff("support"), await createStaff("approver")];
});
afterAll(() => db.close());

test("every procedure says whose data it touches and what it takes, and has a fixture; no fixture is left over", () => {
  expect(procedures.length).toBeGreaterThan(20);
  expect(procedures.filter(({ meta }) => meta === undefined).map(({ path }) => path)).toEqual([]);
  expect(Object.keys(fixtures).toSorted()).toEqual(procedures.map(({ path }) => path).toSorted());
});

describe.each(procedures.filter(({ meta }) => meta?.scope === "institution"))("$path", (procedure) => {
  test("is closed to strangers, to another institution and to vendor staff, by slug and by id, and tells them nothing (T1, T21)", async () => {
    const before = await digestsBefore();
    const asked = (actor: Actor | null, ids: Ids) => answered(procedure, actor, { ...inputOf(procedure, ids), ...poison(a) });
    expect(await asked(null, a.ids)).toMatchObject({ code: "UNAUTHORIZED" });
    for (const actor of [b.viewer, b.owner, support, approver]) {
      const foreign = await asked(actor, a.ids);
      expect(foreign).toMatchObject({ code: "NOT_FOUND" });
      expect(foreign).toEqual(await asked(actor, { ...a.ids, institution: "no-such-institution" }));
    }
    if (namesThings(procedure)) {
      for (const actor of [b.viewer, b.owner]) {
        const foreign = await asked(actor, { ...a.ids, institution: b.ids.institution });
        const nobodys = nobodysIds(b.ids.institution);
        expect(without(foreign, a.ids)).toEqual(without(await asked(actor, nobodys), nobodys));
        if (procedure.type === "mutation") expect(["NOT_FOUND", "FORBIDDEN"]).toContain(codeOf(foreign));
      }
    }
    expect(await digests()).toEqual(before);
  });

  test("opens to a role that holds its permission, and to no other", async () => {
    const fixture = fixtureOf(procedure);
    const scene = await setScene(db);
    const audited = await audits(scene);
    const viewer = await answered(procedure, scene.viewer, inputOf(procedure, scene.ids));
    const mayView = procedure.meta?.scope === "institution" && roleCan("viewer", procedure.meta.permission);
    if (!mayView) expect(viewer).toMatchObject({ code: "FORBIDDEN" });
    expect(await audits(scene)).toBe(audited);
    const owner = await answered(procedure, scene.owner, inputOf(procedure, scene.ids));
    if (fixture.own === undefined) expect(owner).toMatchObject({ ok: true });
    else expect(owner).toMatchObject({ appCode: fixture.own });
    if (mayView) expect(codeOf(viewer)).toEqual(codeOf(owner));
    const expected = procedure.type === "mutation" && fixture.own === undefined ? (fixture.audits ?? 1) : 0;
    expect((await audits(scene)) - audited, "entries in the audit").toBe(expected);
  });
});

describe("staff who look at an institution as its people do (T37)", () => {
  test("change nothing there: every changing procedure is refused, whoever else they are there", async () => {
    const [looker, scene] = [await createStaff("admin"), await setScene(db)];
    // Even somebody who owns it has no hands while they look.
    await db.administrator`insert into members (institution_id, account_id, role) values (${scene.institution.id}, ${looker.accountId}, 'owner')`;
    await callerAs(looker).vendor.view.start({ institution: scene.ids.institution, reason: "They asked for help with a run" });
    const before = await tenantDigest(db, scene.institution.id);
    const changing = procedures.filter(({ meta, type }) => meta?.scope === "institution" && type !== "query");
    expect(changing.length).toBeGreaterThan(20);
    for (const procedure of changing) {
      expect(await answered(procedure, looker, inputOf(procedure, scene.ids)), procedure.path).toMatchObject({ appCode: "FORBIDDEN" });
    }
    expect(await tenantDigest(db, scene.institution.id)).toEqual(before);
  });

  test("read what a viewer reads and no more, in that institution alone, and the roster once by the audit's word", async () => {
    const [looker, scene] = [await createStaff("support"), await setScene(db)];
    await callerAs(looker).vendor.view.start({ institution: scene.ids.institution, reason: "They asked for help with a run" });
    for (const procedure of procedures.filter(({ meta, type }) => meta?.scope === "institution" && type === "query")) {
      const seen = await answered(procedure, looker, inputOf(procedure, scene.ids));
      expect(codeOf(seen), procedure.path).toBe(codeOf(await answered(procedure, scene.viewer, inputOf(procedure, scene.ids))));
      expect(await answered(procedure, looker, inputOf(procedure, a.ids)), procedure.path).toMatchObject({ code: "NOT_FOUND" });
    }
    const entries = await db.administrator`
      select actor, account_id, verb from audit where institution_id = ${scene.institution.id} and verb like 'view.%' order by id`;
    const by = { actor: "staff", account_id: looker.accountId };
    expect(entries).toEqual([
      { ...by, verb: "view.start" },
      { ...by, verb: "view.readRoster" },
    ]);
  });
});

describe.each(procedures.filter(({ meta }) => meta?.scope === "vendor"))("$path", (procedure) => {
  test("is for vendor staff whose role holds its permission", async () => {
    const before = await digestsBefore();
    const input = { ...inputOf(procedure, a.ids), ...poison(a) };
    expect(await answered(procedure, null, input)).toMatchObject({ code: "UNAUTHORIZED" });
    for (const actor of [a.viewer, a.owner, b.owner]) expect(await answered(procedure, actor, input)).toMatchObject({ code: "FORBIDDEN" });
    for (const actor of [support, approver]) {
      const halfway = await answered(procedure, { ...actor, staffSessionId: null }, input);
      expect(halfway, "without a second factor").toMatchObject({ code: "FORBIDDEN", appCode: "SECOND_FACTOR" });
      const may = actor.staffRole !== null && procedure.meta?.scope === "vendor" && staffCan(actor.staffRole, procedure.meta.permission);
      // What changes something does so in an institution of its own, and says so in that one's audit.
      const changes = may && procedure.type === "mutation";
      const of = changes ? await setScene(db) : a;
      const audited = await audits(of);
      const answer = await answered(procedure, actor, { ...inputOf(procedure, of.ids), ...poison(a) });
      expect(answer).toMatchObject(may ? { ok: true } : { code: "FORBIDDEN" });
      if (changes) expect((await audits(of)) - audited, "entries in the audit").toBe(fixtureOf(procedure).audits ?? 1);
    }
    expect(await digests()).toEqual(before);
  });
});

describe.each(procedures.filter(({ meta }) => meta?.scope === "staff"))("$path", (procedure) => {
  test("is for the vendor's people about themselves, and changes nothing of any institution", async () => {
    const before = await digestsBefore();
    const input = inputOf(procedure, a.ids);
    expect(await answered(procedure, null, input)).toMatchObject({ code: "UNAUTHORIZED" });
    for (const actor of [a.viewer, a.owner, b.owner])
      expect(await answered(procedure, actor, input)).toMatchObject({ appCode: "FORBIDDEN" });
    const { own } = fixtureOf(procedure);
    expect(await answered(procedure, support, input)).toMatchObject(own === undefined ? { ok: true } : { appCode: own });
    expect(await digests()).toEqual(before);
  });
});

describe.each(procedures.filter(({ meta }) => meta?.scope === "account"))("$path", (procedure) => {
  test("is about oneself, for everyone who signed in", async () => {
    const before = await digestsBefore();
    expect(await answered(procedure, null, inputOf(procedure, a.ids))).toMatchObject({ code: "UNAUTHORIZED" });
    if (namesThings(procedure)) {
      for (const actor of [b.owner, support]) {
        const foreign = await answered(procedure, actor, { ...inputOf(procedure, a.ids), ...poison(a) });
        expect(foreign).toMatchObject({ code: "NOT_FOUND" });
        expect(foreign).toEqual(await answered(procedure, actor, inputOf(procedure, nobodysIds(""))));
      }
    }
    expect(await digests()).toEqual(before);
    const scene = await setScene(db);
    expect(await answered(procedure, scene.owner, inputOf(procedure, scene.ids))).toMatchObject({ ok: true });
  });
});

describe.each(procedures.filter(({ meta }) => meta?.scope === "public"))("$path", (procedure) => {
  test("answers everyone alike and changes nothing of any institution", async () => {
    const before = await digestsBefore();
    expect(await answered(procedure, null, inputOf(procedure, a.ids))).toMatchObject({ ok: true });
    expect(await digests()).toEqual(before);
  });
});

describe.each(procedures.filter(({ meta }) => meta?.scope === "handOff"))("$path", (procedure) => {
  test("opens to the link alone, whoever holds it, says nothing of people, and touches nothing of another institution", async () => {
    const scene = await setScene(db);
    const before = await digestsBefore();
    for (const actor of [null, scene.viewer, scene.owner, b.owner, support]) {
      const unknown = await answered(procedure, actor, inputOf(procedure, nobodysIds("")));
      expect(unknown).toMatchObject({ code: "NOT_FOUND" });
      expect(await answered(procedure, actor, { ...inputOf(procedure, scene.ids), token: scene.ids.session })).toEqual(unknown);
    }
    const audited = await audits(scene);
    const answer = await answered(procedure, b.owner, { ...inputOf(procedure, scene.ids), ...poison(a), institution: a.ids.institution });
    expect(answer).toMatchObject({ ok: true });
    for (const secret of [scene.ids.student, scene.ids.class, scene.owner.email, scene.viewer.email, "Lincoln High"])
      expect(JSON.stringify(answer)).not.toContain(secret);
    expect((await audits(scene)) - audited).toBe(procedure.type === "mutation" ? (fixtureOf(procedure).audits ?? 1) : 0);
    expect(await digests()).toEqual(before);
  });

  test("is shut once the link was ended, has expired, or the institution is disabled", async () => {
    const changes = [
      "update hand_offs set ended_at = now() where institution_id = $1",
      "update hand_offs set expires_at = now() where institution_id = $1",
      "update institutions set disabled_at = now() where id = $1",
      "update feeds set disabled_at = now() where institution_id = $1",
    ];
    for (const change of changes) {
      const scene = await setScene(db);
      await db.administrator.unsafe(change, [scene.institution.id]);
      expect(await answered(procedure, scene.owner, inputOf(procedure, scene.ids)), change).toMatchObject({ code: "NOT_FOUND" });
    }
  });
});

type Answer = { ok: true; data: unknown } | { ok: false; code: string; appCode: string | null; message: string; details: unknown };

async function answered({ path }: ListedProcedure, actor: Actor | null, input: unknown): Promise<Answer> {
  const call = path.split(".").reduce<unknown>((at, name) => Reflect.get(Object(at), name), callerAs(actor));
  try {
    return { ok: true, data: await (call as (input: unknown) => Promise<unknown>)(input) };
  } catch (cause) {
    if (!(cause instanceof TRPCError)) throw cause;
    const own = cause.cause instanceof AppError ? cause.cause : null;
    return { ok: false, code: cause.code, appCode: own?.code ?? null, message: cause.message, details: own?.data ?? null };
  }
}

const fixtureOf = ({ path }: ListedProcedure): Fixture => fixtures[path] ?? {};

const inputOf = (procedure: ListedProcedure, ids: Ids): Record<string, unknown> => ({
  ...(procedure.meta?.scope === "institution" ? { institution: ids.institution } : {}),
  ...fixtureOf(procedure).input?.(ids),
});

/** Whether the input names anything beside the institution. */
const namesThings = (procedure: ListedProcedure): boolean =>
  JSON.stringify(inputOf(procedure, { ...a.ids, institution: "" })) !== JSON.stringify(inputOf(procedure, nobodysIds("")));

/** Fields that nobody may set: whoever obeys one of them is found by the digests. */
const poison = (of: Scene) => ({
  role: "owner",
  institutionId: of.institution.id,
  tenantId: of.institution.id,
  accountId: of.owner.accountId,
  isVendor: true,
});

const codeOf = (answer: Answer): string => (answer.ok ? "OK" : answer.code);

/** The answer with the ids that the question named taken out, since an answer may repeat those. */
function without(answer: Answer, ids: Ids): string {
  const named = Object.entries(ids).filter(([name]) => name !== "institution");
  return named.reduce((text, [, id]) => text.replaceAll(String(id), "#"), JSON.stringify(answer));
}

let known: Record<string, string> | null = null;
const digests = async (): Promise<Record<string, string>> => {
  known = await tenantDigests(db, [a.institution.id, b.institution.id]);
  return known;
};
/** As it was when it was looked at last: nothing touches it between two tests either. */
const digestsBefore = async (): Promise<Record<string, string>> => known ?? digests();

async function audits(scene: Scene): Promise<number> {
  const [found] = await db.administrator<
    { n: number }[]
  >`select count(*)::int as n from audit where institution_id = ${scene.institution.id}`;
  return found?.n ?? 0;
}
