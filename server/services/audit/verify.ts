import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant, asVendor } from "@/server/database";

/** What a walk along a chain found. `broken` names the first places that are not what they were when they were written. */
export interface ChainState {
  readonly entries: number;
  /** The last hash: whoever kept it somewhere else can tell that nothing before it was changed or cut off. */
  readonly head: string;
  readonly broken: readonly { readonly seq: number; readonly what: "changed" | "missing" | "unchained" | "cut" }[];
  /** The anchor from which this walk went on: every entry before was walked then. Null: it began at the first entry. */
  readonly from: { readonly seq: number; readonly at: Date } | null;
}

/** A place in a chain up to which it is known. */
export interface ChainPlace {
  readonly seq: number;
  readonly hash: string;
  readonly auditId: number;
}

const SHOWN_MAX = 20;

export const VerifyAudit = z.object({
  /** From the first entry on, rather than from last night's anchor. */
  whole: z.boolean().default(false),
});

/** Walks along the institution's chain and computes hashes anew: those since the last anchor, or all; anchors are looked at all. */
export async function verifyAudit(actor: TenantActor, raw: z.input<typeof VerifyAudit> = {}): Promise<ChainState> {
  authorize(actor, "audit:read");
  const { whole } = VerifyAudit.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const anchor = whole ? null : await lastAnchor(tx, actor.institutionId);
    return { ...(await walkToHead(tx, actor.institutionId, anchor)), from: anchor === null ? null : { seq: anchor.seq, at: anchor.at } };
  });
}

/** The same for every institution from its first entry on, for `doctor`: the chains that are broken, by institution. */
export async function verifyEveryAudit(): Promise<{ entries: number; broken: { institution: string; at: ChainState["broken"] }[] }> {
  return asVendor(async (tx) => {
    const institutions = await tx.execute<{ id: number; slug: string }>(sql`select id, slug from institutions order by id`);
    let entries = 0;
    const broken: { institution: string; at: ChainState["broken"] }[] = [];
    for (const { id, slug } of institutions) {
      const state = await walkToHead(tx, id, null);
      entries += state.entries;
      if (state.broken.length > 0) broken.push({ institution: slug, at: state.broken });
    }
    return { entries, broken };
  });
}

/** The newest anchor of an institution. */
export async function lastAnchor(tx: Transaction, institutionId: number): Promise<(ChainPlace & { at: Date }) | null> {
  const [found] = await tx.execute<{ seq: number; hash: string; auditId: string; at: string }>(sql`
    select seq, hash, audit_id as "auditId", at from audit_anchors where institution_id = ${institutionId} order by seq desc limit 1`);
  return found === undefined ? null : { seq: found.seq, hash: found.hash, auditId: Number(found.auditId), at: new Date(found.at) };
}

/** Faults among the next entries after a place, at most so many of them. */
export async function faultsAfter(
  tx: Transaction,
  institutionId: number,
  of: { from: ChainPlace | null; most: number },
): Promise<ChainState["broken"]> {
  const { from, most } = of;
  const before = from?.seq ?? 0;
  const faults = await tx.execute<{ seq: number; what: "changed" | "missing" }>(sql`
    with chained as (
      select c.seq, c.previous, c.hash, a.id is null as is_missing, audit_hash(c.seq, c.previous, audit_content(a)) as computed,
        lag(c.hash, 1, ${from?.hash ?? ""}::text) over chain as hash_before, ${before}::int + row_number() over chain as place
      from (
        select * from audit_chain where institution_id = ${institutionId} and seq > ${before} order by seq limit ${most}) c
      left join audit a on a.institution_id = c.institution_id and a.id = c.audit_id
      window chain as (order by c.seq)
    )
    select seq, case when is_missing or seq <> place then 'missing' else 'changed' end as what
    from chained
    where is_missing or seq <> place or previous <> hash_before or computed is distinct from hash
    order by seq
    limit ${SHOWN_MAX}`);
  return faults.map(({ seq, what }) => ({ seq, what }));
}

/** What no entry tells of itself: entries beside the chain, a chain that ends before its head, anchors that it has left. */
export async function faultsOfEnds(tx: Transaction, institutionId: number, from: ChainPlace | null): Promise<ChainState["broken"]> {
  const faults = await tx.execute<{ seq: number; what: "changed" | "unchained" | "cut" }>(sql`
    select 0 as seq, 'unchained' as what
    from audit a
    where a.institution_id = ${institutionId} and a.id > ${from?.auditId ?? 0}
      and not exists (select from audit_chain c where c.institution_id = ${institutionId} and c.audit_id = a.id)
    union all
    select h.seq, 'cut'
    from audit_heads h
    where h.institution_id = ${institutionId}
      and not exists (select from audit_chain c where c.institution_id = ${institutionId} and c.seq = h.seq and c.hash = h.hash)
    union all
    select k.seq, case when c.seq is null then 'cut' else 'changed' end
    from audit_anchors k
    left join audit_chain c on c.institution_id = k.institution_id and c.seq = k.seq
    where k.institution_id = ${institutionId} and c.hash is distinct from k.hash
    limit ${SHOWN_MAX}`);
  return faults.map(({ seq, what }) => ({ seq, what }));
}

async function walkToHead(tx: Transaction, institutionId: number, from: ChainPlace | null): Promise<Omit<ChainState, "from">> {
  const faults = [
    ...(await faultsAfter(tx, institutionId, { from, most: 2_147_483_647 })),
    ...(await faultsOfEnds(tx, institutionId, from)),
  ];
  const [head] = await tx.execute<{ entries: number; hash: string }>(sql`
    select seq as entries, hash from audit_heads where institution_id = ${institutionId}`);
  const broken = faults.toSorted((one, other) => one.seq - other.seq).slice(0, SHOWN_MAX);
  return { entries: head?.entries ?? 0, head: head?.hash ?? "", broken };
}
