import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { GET as certificateFileDoor } from "@/app/certificate/[token]/file/route";
import { asEngine, asTenant } from "@/server/database";
import { emit } from "@/server/jobs/events";
import { beginPurge, draftCertificate, eraseSome } from "@/server/retention/purge";
import { verifyCertificate } from "@/server/services/data/certificate";
import { addMember } from "@/server/services/members/add";
import { eventually } from "@/tests/conformance/eventually";
import { searchData } from "@/tests/intake/support";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, createMember, createStaff, signedIn, type TestInstitution } from "@/tests/support/institution";
import { tenantDigest } from "@/tests/tenancy/digest";
import { setScene } from "@/tests/tenancy/scene";
import { type DeletionScene, deletionScene } from "./deletion-scene";
import { committedScene } from "./promotion-scene";
import { startWorker } from "./scene";

vi.setConfig({ testTimeout: 180_000 });

let db: TestDatabase;
let worker: { stop(): Promise<void> };
let admin: Awaited<ReturnType<typeof createStaff>>;
let scene: DeletionScene;
beforeAll(async () => {
  db = await createDatabase();
  worker = await startWorker();
  admin = await createStaff("admin");
  scene = deletionScene(db, admin);
});
afterAll(async () => {
  await worker.stop();
  await db.close();
});

const deletionOf = (institution: TestInstitution) => callerAs(institution.owner.actor).data.deletion.get({ institution: institution.slug });

async function purged(institution: TestInstitution) {
  await asEngine(institution.id, (tx) => emit(tx, { name: "deletion/due", data: { institutionId: institution.id } }));
  return eventually("a certificate", async () => {
    const certificates = await callerAs(admin).vendor.deletions.certificates();
    return certificates.find(({ says }) => says.institution.number === institution.id);
  });
}

describe("the deletion of an institution", () => {
  test("takes a typed name, a reason, and two people; it waits, can be stopped by both sides, and is told", async () => {
    const institution = await createInstitution();
    const owner = callerAs(institution.owner.actor).data.deletion;
    const { slug } = institution;
    await expect(owner.request({ institution: slug, typed: "Lakeside", reason: "We leave" })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
    const other = callerAs((await createMember(institution, "admin")).actor).data.deletion;
    await expect(other.request({ institution: slug, typed: "Lakeside Unified", reason: "Us" })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    await scene.askedBy(institution);
    await expect(scene.askedBy(institution)).rejects.toMatchObject({ code: "CONFLICT" });
    for (const role of ["support", "approver"] as const) {
      const staff = callerAs(await createStaff(role)).vendor.deletions;
      await expect(staff.decide({ institution: slug, decision: "approve", note: "Yes" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    await scene.decide(institution, "approve");
    const waiting = await deletionOf(institution);
    expect(waiting).toMatchObject({ state: "approved", reason: "We leave", decisionNote: "They asked in writing" });
    expect((waiting?.dueAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(13.9 * 86_400_000);
    await expect(scene.decide(institution, "reject")).rejects.toMatchObject({ code: "CONFLICT" });
    // Asked too early, nothing begins.
    expect(await beginPurge(institution.id)).toBe(false);
    await owner.cancel({ institution: slug });
    expect(await deletionOf(institution)).toMatchObject({ state: "cancelled" });
    await scene.askedBy(institution);
    await scene.decide(institution, "cancel");
    await scene.askedBy(institution);
    await scene.decide(institution, "reject");
    const verbs = await db.administrator<{ verb: string; actor: string }[]>`
      select verb, actor from audit where institution_id = ${institution.id} and verb like 'deletion.%' order by id`;
    expect(verbs.map(({ verb, actor }) => `${actor} ${verb}`)).toEqual([
      "member deletion.request",
      "staff deletion.approve",
      "member deletion.cancel",
      "member deletion.request",
      "staff deletion.cancel",
      "member deletion.request",
      "staff deletion.reject",
    ]);
    const told = await db.administrator`select recipient from mails where kind = 'deletion' and of_institution = ${institution.id}`;
    expect(told.map(({ recipient }) => recipient)).toContain(admin.email);
    expect(told.map(({ recipient }) => recipient)).toContain(institution.owner.actor.email);
  });

  test("is never agreed to by who asked for it, also where one account is owner and staff: SQL refuses it too", async () => {
    const institution = await createInstitution();
    const both = await createStaff("admin");
    await addMember(institution.owner.member, { email: both.email, role: "owner" });
    await callerAs(both).data.deletion.request({ institution: institution.slug, typed: "Lakeside Unified", reason: "We leave" });
    await expect(
      callerAs(both).vendor.deletions.decide({ institution: institution.slug, decision: "approve", note: "Yes, we do" }),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
    const approve = db.administrator`
      update deletion_requests set state = 'approved', decided_by = requested_by, decided_at = now(), due_at = now() + interval '14 days'
      where institution_id = ${institution.id}`;
    await expect(approve).rejects.toThrow(/deletion_two_people/);
    const early = db.administrator`
      update deletion_requests set state = 'approved', decided_by = ${admin.accountId}, decided_at = now(), due_at = now()
      where institution_id = ${institution.id}`;
    await expect(early).rejects.toThrow(/deletion_waits/);
  });

  test("leaves nothing of the institution, nothing changed of another one, and a certificate that anybody can check", async () => {
    const { institution } = await committedScene();
    // Of every kind of thing something, and people who belong elsewhere too.
    const full = await setScene(db);
    const shared = (await createMember(institution, "viewer")).actor;
    await addMember(full.institution.owner.member, { email: shared.email, role: "viewer" });
    const alone = (await createMember(institution, "reviewer")).actor;
    const others = await tenantDigest(db, full.institution.id);
    await scene.askedBy(institution);
    await scene.decide(institution, "approve");
    await scene.passTwoWeeks(institution);
    const before = await scene.rowsOf(institution.id);
    expect(Object.keys(before).length).toBeGreaterThan(20);
    const [head] = await db.administrator`select seq from audit_heads where institution_id = ${institution.id}`;
    const objects = (await searchData([])).all.filter((path) => path.includes(`/objects/${institution.id}/`));
    expect(objects.length).toBeGreaterThan(3);

    const { says, file, token } = await purged(institution);
    expect(await scene.rowsOf(institution.id)).toEqual({});
    expect((await searchData([])).all.filter((path) => path.includes(`/objects/${institution.id}/`))).toEqual([]);
    expect(await tenantDigest(db, full.institution.id)).toEqual(others);
    const left = await db.administrator<{ id: number }[]>`
      select id from accounts where id in (${shared.accountId}, ${alone.accountId}, ${institution.owner.id}) order by id`;
    expect(left.map(({ id }) => id)).toEqual([shared.accountId]);
    expect(
      await db.administrator`select id from durable.jobs where institution = ${String(institution.id)} and status <> 'running' and fn_id not like '%purge%'`,
    ).toHaveLength(0);

    // It began with one entry more.
    expect(says.audit.entries).toBe(Number(head?.seq) + 1);
    expect(says.rows.user_versions).toBe(before.user_versions);
    expect(says.rows.audit).toBe((before.audit ?? 0) + 1);
    expect(says).toMatchObject({ files: objects.length, institution: { slug: institution.slug, name: "Lakeside Unified" } });
    for (const person of [institution.owner.actor.email, alone.email, admin.email]) expect(file).not.toContain(person);
    expect(verifyCertificate(file)).toEqual(says);
    expect(verifyCertificate(file.replaceAll(`"users"`, `"people"`).replace("an owner", "nobody"))).toEqual(expect.any(String));
    expect(verifyCertificate("{}")).toEqual(expect.any(String));
    expect(await callerAs(null).data.certificate({ token })).toMatchObject({ says: { id: says.id } });
    const door = (link: string) => certificateFileDoor(new Request("http://localhost:3000/"), { params: Promise.resolve({ token: link }) });
    expect(await (await door(token)).text()).toBe(file);
    expect((await door(`${token}x`)).status).toBe(404);
    const [mail] = await db.administrator`select recipient, text from mails where kind = 'certificate'`;
    expect(mail).toMatchObject({ recipient: institution.owner.actor.email, text: expect.stringContaining(`/certificate/${token}`) });
    await expect(db.administrator`delete from deletion_certificates where id = ${says.id}`).rejects.toThrow(/stays as it is/);
  });

  test("killed in the middle it goes on where it was, and ends as if nothing had happened", async () => {
    const { institution } = await committedScene();
    await scene.askedBy(institution);
    await scene.decide(institution, "approve");
    await scene.passTwoWeeks(institution);
    // A worker that died after some transactions of some steps.
    expect(await beginPurge(institution.id)).toBe(true);
    expect(await beginPurge(institution.id)).toBe(true);
    const drafted = await draftCertificate(institution.id, {});
    expect(await draftCertificate(institution.id, {})).toEqual(drafted);
    expect(await eraseSome(institution.id, 9)).toMatchObject({ more: true });
    // Nobody gets in meanwhile, and what some step still writes goes too.
    await expect(deletionOf(institution)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await db.administrator`insert into audit (institution_id, actor, verb, subject) values (${institution.id}, 'system', 'run.failed', 'run 1')`;
    const { says, file } = await purged(institution);
    expect(await scene.rowsOf(institution.id)).toEqual({});
    expect(verifyCertificate(file)).toEqual(says);
    expect(says.rows.user_versions).toBeGreaterThan(0);
  });
});

describe("nothing else deletes an entry of an audit (T20)", () => {
  const deletions = (id: number) => [
    `delete from audit where institution_id = ${id}`,
    `delete from audit_chain where institution_id = ${id}`,
    "truncate audit_chain",
  ];

  test("not the owner of the tables, not before a deletion was approved, nor while it waits, nor with a chain that goes on", async () => {
    const institution = await createInstitution();
    const refused = async () => {
      for (const statement of deletions(institution.id)) {
        await expect(db.administrator.unsafe(statement), statement).rejects.toThrow(/appended to and never changed/);
        await expect(
          asTenant(institution.id, (tx) => tx.execute(statement)),
          statement,
        ).rejects.toThrow();
      }
      const erase = asEngine(institution.id, (tx) => tx.execute(`select erase_rows('audit', ${institution.id}, 10)`));
      await expect(erase).rejects.toThrow();
    };
    await refused();
    await scene.askedBy(institution);
    await refused();
    await scene.decide(institution, "approve");
    await refused();
    await scene.passTwoWeeks(institution);
    await refused();
    await beginPurge(institution.id);
    // Without a certificate that holds the end of the chain.
    await refused();
    await draftCertificate(institution.id, {});
    await db.administrator`insert into audit (institution_id, actor, verb, subject) values (${institution.id}, 'system', 'run.failed', 'run 1')`;
    await refused();
    const other = await createInstitution();
    await expect(asEngine(other.id, (tx) => tx.execute(`select erase_rows('audit', ${institution.id}, 10)`))).rejects.toThrow();
    await expect(asTenant(institution.id, (tx) => tx.execute(`select erase_rows('runs', ${institution.id}, 10)`))).rejects.toThrow();
    await signedIn(institution.owner.id);
  });
});
