import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { asEngine } from "@/server/database";
import { log } from "@/server/log";
import { type ChainPlace, type ChainState, faultsAfter, faultsOfEnds, lastAnchor } from "@/server/services/audit/verify";
import { inngest } from "./client";
import { askEachAfter } from "./each-institution";
import { EVENTS } from "./events";

/** Entries that one step walks. */
const ENTRIES_AT_ONCE = 20_000;

/** Every night, of every institution: where its audit ends. */
export const askForAnchors = inngest.createFunction(
  { id: "ask-for-anchors", retries: 3, triggers: { cron: "29 1 * * *" } },
  async ({ step }) => {
    for (let after = 0; ; ) {
      const asked = await step.run(`ask:${after}`, () => askEachAfter(after, "audit/anchor"));
      if (asked.last === null) return;
      after = asked.last;
    }
  },
);

/**
 * Walks a chain from its first entry on, some thousands at a time, and writes down where it ends: into a table that nobody changes, and
 * into the log, which lies elsewhere. A chain that is not what it was gets no anchor and an alert.
 */
export const anchorAudit = inngest.createFunction(
  { id: "anchor-audit", retries: 3, concurrency: { limit: 1 }, triggers: { event: "audit/anchor" } },
  async ({ event, step }) => {
    const { institutionId } = EVENTS["audit/anchor"].parse(event.data);
    let from: ChainPlace | null = null;
    for (let part = 1; ; part++) {
      const place: ChainPlace | null = from;
      const walked: Walked = await step.run(`walk:${part}`, () => walkOn(institutionId, place));
      if (walked.broken.length > 0) return { broken: walked.broken.length };
      if (walked.isEnd) break;
      from = walked.to;
    }
    return step.run("anchor", () => anchor(institutionId));
  },
);

interface Walked {
  readonly broken: ChainState["broken"];
  readonly to: ChainPlace | null;
  readonly isEnd: boolean;
}

async function walkOn(institutionId: number, from: ChainPlace | null): Promise<Walked> {
  return asEngine(institutionId, async (tx) => {
    const broken = await faultsAfter(tx, institutionId, { from, most: ENTRIES_AT_ONCE });
    const to = await placeAt(tx, institutionId, { most: (from?.seq ?? 0) + ENTRIES_AT_ONCE });
    const isEnd = to === null || to.seq < (from?.seq ?? 0) + ENTRIES_AT_ONCE;
    const all = isEnd ? [...broken, ...(await faultsOfEnds(tx, institutionId, null))] : broken;
    if (all.length > 0) log.error({ institutionId, entries: all.map(({ seq }) => seq), alert: true }, "an audit is not what it was");
    return { broken: all, to, isEnd };
  });
}

/** Where the chain ended at the last look of the walk: what came since waits for tomorrow's. */
async function anchor(institutionId: number): Promise<{ seq: number }> {
  return asEngine(institutionId, async (tx) => {
    const end = await placeAt(tx, institutionId, { most: 2_147_483_647 });
    const last = await lastAnchor(tx, institutionId);
    if (end === null || end.seq <= (last?.seq ?? 0)) return { seq: last?.seq ?? 0 };
    const broken = await faultsAfter(tx, institutionId, { from: last, most: 2_147_483_647 });
    if (broken.length > 0) throw new Error("The chain was changed while it was walked");
    await tx.execute(sql`
      insert into audit_anchors (institution_id, seq, hash, audit_id) values (${institutionId}, ${end.seq}, ${end.hash}, ${end.auditId})
      on conflict do nothing`);
    log.info({ institutionId, seq: end.seq, hash: end.hash }, "the end of an audit was written down");
    return { seq: end.seq };
  });
}

async function placeAt(tx: Transaction, institutionId: number, of: { most: number }): Promise<ChainPlace | null> {
  const [found] = await tx.execute<{ seq: number; hash: string; auditId: string }>(sql`
    select seq, hash, audit_id as "auditId" from audit_chain
    where institution_id = ${institutionId} and seq <= ${of.most} order by seq desc limit 1`);
  return found === undefined ? null : { seq: found.seq, hash: found.hash, auditId: Number(found.auditId) };
}
