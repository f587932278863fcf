import { createHash } from "node:crypto";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import { audit } from "@/server/audit";
import { checkAudit } from "@/server/cli/doctor-audit";
import { asEngine, asTenant } from "@/server/database";
import { plainCell } from "@/server/downloads/csv-line";
import { emit } from "@/server/jobs/events";
import { exportAudit } from "@/server/services/audit/export";
import { eventually } from "@/tests/conformance/eventually";
import { callerAs } from "@/tests/support/caller";
import { databaseWithWorker } from "@/tests/support/database-with-worker";
import { createInstitution, createMember, createStaff, type TestInstitution } from "@/tests/support/institution";

const db = databaseWithWorker();

const entry = (institution: TestInstitution, verb: string, detail = {}) =>
  asTenant(institution.id, (tx) => audit(tx, institution.owner.member, { verb, subject: "run 1", detail }));
const verify = (institution: TestInstitution) => callerAs(institution.owner.actor).audit.verify({ institution: institution.slug });

/** An institution with some entries of several kinds. */
async function busyInstitution(entries = 5): Promise<TestInstitution> {
  const institution = await createInstitution();
  for (let number = 0; number < entries; number++) await entry(institution, "run.choose", { number, text: 'é "quoted"\n\u2028' });
  return institution;
}

/** Does something to the audit that no role of ours may do, behind every trigger's back. */
const tamper = (statement: string) =>
  db.administrator.begin(async (sql) => {
    await sql.unsafe("set local session_replication_role = replica");
    await sql.unsafe(statement);
  });

describe("the chain of an institution's audit", () => {
  test("holds every entry once, in order, also of many transactions at the same moment", async () => {
    const [one, two] = [await createInstitution(), await createInstitution()];
    await Promise.all(Array.from({ length: 20 }, (_, index) => entry(index % 2 === 0 ? one : two, "run.choose")));
    for (const institution of [one, two]) {
      // One more: the institution was made.
      expect(await verify(institution)).toMatchObject({ entries: 11, broken: [] });
      const seqs = await db.administrator`select seq from audit_chain where institution_id = ${institution.id} order by seq`;
      expect(seqs.map(({ seq }) => seq)).toEqual(Array.from({ length: 11 }, (_, index) => index + 1));
    }
  });

  test("has no place for what was rolled back", async () => {
    const institution = await busyInstitution();
    const before = await verify(institution);
    const failing = asTenant(institution.id, async (tx) => {
      await audit(tx, institution.owner.member, { verb: "run.commit", subject: "run 9" });
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow("on purpose");
    expect(await verify(institution)).toEqual(before);
  });

  const places = "institution_id = $1";
  const deeds: [string, string, string][] = [
    [
      "an entry's words are changed",
      `update audit set verb = 'run.discard' where id = (select max(id) - 2 from audit where ${places})`,
      "changed",
    ],
    [
      "an entry's time is changed",
      `update audit set at = at - interval '1 second' where id = (select max(id) - 2 from audit where ${places})`,
      "changed",
    ],
    [
      "an entry is given to somebody else",
      `update audit set account_id = null where id = (select max(id) - 2 from audit where ${places})`,
      "changed",
    ],
    ["an entry is taken out", `delete from audit where id = (select max(id) - 2 from audit where ${places})`, "missing"],
    ["an entry is taken out with its place", `delete from audit_chain where ${places} and seq = 3`, "missing"],
    ["the end is cut off", `delete from audit_chain where ${places} and seq >= 5`, "cut"],
    [
      "an entry is put in beside the chain",
      `insert into audit (institution_id, actor, verb, subject) select $1, 'member', 'run.commit', 'run 1'`,
      "unchained",
    ],
  ];
  test.each(deeds)("tells that %s", async (_, statement, what) => {
    const institution = await busyInstitution();
    await tamper(statement.replaceAll("$1", String(institution.id)));
    const { broken } = await verify(institution);
    expect(broken.map((fault) => fault.what)).toContain(what);
    expect(await checkAudit()).toMatchObject({ state: "failed", detail: expect.stringContaining(institution.slug) });
    expect((await verify(await busyInstitution())).broken).toEqual([]);
    // So that the next one finds its own alone.
    await tamper(
      `delete from audit where institution_id = ${institution.id}; delete from audit_chain where institution_id = ${institution.id}; delete from audit_heads where institution_id = ${institution.id}`,
    );
  });

  test("an entry that was changed and hashed anew is told by the one after it", async () => {
    const institution = await busyInstitution();
    await tamper(`
      update audit set verb = 'run.discard' where id = (select audit_id from audit_chain where institution_id = ${institution.id} and seq = 3);
      update audit_chain c set hash = audit_hash(c.seq, c.previous, audit_content(a)) from audit a
      where a.id = c.audit_id and c.institution_id = ${institution.id} and c.seq = 3`);
    expect((await verify(institution)).broken).toEqual([{ seq: 4, what: "changed" }]);
    await tamper(
      `delete from audit where institution_id = ${institution.id}; delete from audit_chain where institution_id = ${institution.id}; delete from audit_heads where institution_id = ${institution.id}`,
    );
  });

  test("is changed by nobody: not by our roles, and not by an ordinary statement of the tables' owner", async () => {
    const institution = await busyInstitution();
    for (const statement of [
      "update audit set verb = 'x'",
      "delete from audit",
      "truncate audit_chain",
      "update audit_chain set hash = ''",
    ]) {
      const asApp = asTenant(institution.id, (tx) => tx.execute(statement));
      await expect(asApp, statement).rejects.toThrow();
      await expect(db.administrator.unsafe(statement), statement).rejects.toThrow(/appended to and never changed/);
    }
    expect((await verify(institution)).broken).toEqual([]);
  });
});

describe("anchors", () => {
  const night = async (institution: TestInstitution) => {
    const before = (await anchorsOf(institution)).length;
    await asEngine(institution.id, (tx) => emit(tx, { name: "audit/anchor", data: { institutionId: institution.id } }));
    return eventually("an anchor", async () => {
      const found = await anchorsOf(institution);
      return found.length > before ? found : null;
    });
  };
  const anchorsOf = (institution: TestInstitution) =>
    db.administrator<{ seq: number; hash: string }[]>`
      select seq, hash from audit_anchors where institution_id = ${institution.id} order by seq`;

  test("are written every night where the chain ends, and nobody changes one; a look goes on from the last", async () => {
    const institution = await busyInstitution();
    const first = await verify(institution);
    expect(first).toMatchObject({ from: null, entries: 6, broken: [] });
    expect([...(await night(institution))]).toEqual([{ seq: 6, hash: first.head }]);
    await entry(institution, "run.choose");
    expect(await verify(institution)).toMatchObject({ from: { seq: 6 }, entries: 7, broken: [] });
    expect(await night(institution)).toHaveLength(2);
    expect(await verify(institution)).toMatchObject({ from: { seq: 7 }, entries: 7, broken: [] });
    for (const statement of ["update audit_anchors set hash = ''", "delete from audit_anchors", "truncate audit_anchors"]) {
      await expect(db.administrator.unsafe(statement), statement).rejects.toThrow(/appended to and never changed/);
      await expect(
        asEngine(institution.id, (tx) => tx.execute(statement)),
        statement,
      ).rejects.toThrow();
    }
  });

  test("show a chain that was cut and told anew without a gap, and one that was written anew from an entry on", async () => {
    const cut = await busyInstitution();
    await night(cut);
    // The last two entries, and the head, as if they had never been.
    await tamper(`
      delete from audit where id in (select audit_id from audit_chain where institution_id = ${cut.id} and seq > 4);
      delete from audit_chain where institution_id = ${cut.id} and seq > 4;
      update audit_heads h set seq = 4, hash = c.hash from audit_chain c
      where h.institution_id = ${cut.id} and c.institution_id = h.institution_id and c.seq = 4`);
    expect((await verify(cut)).broken).toEqual([{ seq: 6, what: "cut" }]);
    const other = await busyInstitution();
    await night(other);
    // An old entry: last night's anchor holds what the later ones say; the whole walk, and the next night's, find it.
    await tamper(
      `update audit set verb = 'run.discard' where id = (select audit_id from audit_chain where institution_id = ${other.id} and seq = 3)`,
    );
    const whole = () => callerAs(other.owner.actor).audit.verify({ institution: other.slug, whole: true });
    expect((await whole()).broken).toEqual([{ seq: 3, what: "changed" }]);
    await entry(other, "run.choose");
    await asEngine(other.id, (tx) => emit(tx, { name: "audit/anchor", data: { institutionId: other.id } }));
    await eventually("the end of the night's walk", async () => {
      const [job] = await db.administrator`
        select status from durable.jobs where institution = ${String(other.id)} and fn_id like '%anchor-audit' order by age desc limit 1`;
      return job?.status === "completed";
    });
    expect(await anchorsOf(other)).toHaveLength(1);
  });
});

test("the export is the whole chain, whose hashes anybody computes from the file alone", async () => {
  const institution = await busyInstitution();
  const lines: string[] = [];
  for await (const line of (await exportAudit(institution.owner.member, {})).lines) lines.push(line);
  const { data } = Papa.parse<Record<string, string>>(lines.join(""), { header: true, skipEmptyLines: true });
  expect(data).toHaveLength(6);
  let previous = "";
  for (const [index, row] of data.entries()) {
    expect(row).toMatchObject({ seq: String(index + 1), previous });
    const content = plainCell(row.content ?? "");
    const hash = createHash("sha256").update(`${row.seq}\n${previous}\n${content}`).digest("hex");
    expect(row.hash).toBe(hash);
    previous = hash;
  }
  expect(previous).toBe((await verify(institution)).head);
});

test("the list finds by who, what and day, a page at a time, and names staff as staff", async () => {
  const institution = await busyInstitution(60);
  const staff = await createStaff("admin");
  await asTenant(institution.id, (tx) =>
    audit(tx, { kind: "staff", accountId: staff.accountId, institutionId: institution.id }, { verb: "job.retry", subject: "job 7" }),
  );
  const { actor } = await createMember(institution, "admin");
  const { list } = callerAs(actor).audit;
  const at = { institution: institution.slug };
  const first = await list(at);
  expect(first.entries).toHaveLength(50);
  expect(first.entries[0]).toMatchObject({ verb: "member.add", about: actor.email });
  const second = await list({ ...at, before: first.next ?? undefined });
  expect([...first.entries, ...second.entries].map(({ seq }) => seq)).toEqual(Array.from({ length: 63 }, (_, index) => 63 - index));
  expect(second.next).toBeNull();
  expect((await list({ ...at, actor: "staff" })).entries).toMatchObject([{ actor: "staff", name: staff.email, verb: "job.retry" }]);
  expect((await list({ ...at, noun: "institution" })).entries).toMatchObject([{ verb: "institution.create" }]);
  expect((await list({ ...at, who: staff.email.slice(0, 12).toUpperCase() })).entries).toHaveLength(1);
  expect((await list({ ...at, who: "%" })).entries).toEqual([]);
  const [retry] = (await list({ ...at, noun: "job" })).entries;
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: "America/Chicago" }).format(new Date(retry?.at ?? 0));
  expect((await list({ ...at, noun: "job", from: day, to: day })).entries).toHaveLength(1);
  expect((await list({ ...at, to: "2020-01-01" })).entries).toEqual([]);
});

test("staff read across institutions who did what, and no member's name", async () => {
  const institution = await busyInstitution(60);
  const { audit: read } = callerAs(await createStaff("support")).vendor;
  const at = { institution: institution.slug, of: "all" } as const;
  const first = await read(at);
  const second = await read({ ...at, before: first.next ?? undefined });
  expect([...first.entries, ...second.entries]).toHaveLength(61);
  expect(new Set([...first.entries, ...second.entries].map(({ key }) => key)).size).toBe(61);
  expect(JSON.stringify([first, second])).not.toMatch(/Whitfield|@school/);
  expect((await read({ of: "staff" })).entries.some(({ verb }) => verb === "secondFactor.enter")).toBe(true);
});
