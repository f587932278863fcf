import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant, asVendor } from "@/server/database";

/** What a walk along a chain found. `broken` names the first places that are not what they were when they were written. */
export interface ChainState {
  readonly entries: number;
  /** The last hash: whoever kept it somewhere else can tell that nothing before it was changed or cut off. */
  readonly head: string;
  readonly broken: readonly { readonly seq: number; readonly what: "changed" | "missing" | "unchained" | "cut" }[];
}

const SHOWN_MAX = 20;

/** Walks along the institution's chain and computes every hash anew. */
export async function verifyAudit(actor: TenantActor): Promise<ChainState> {
  authorize(actor, "audit:read");
  return asTenant(actor.institutionId, (tx) => walk(tx, actor.institutionId));
}

/** The same for every institution, for `doctor`: the chains that are broken, by institution. */
export async function verifyEveryAudit(): Promise<{ entries: number; broken: { institution: string; at: ChainState["broken"] }[] }> {
  return asVendor(async (tx) => {
    const institutions = await tx.execute<{ id: number; slug: string }>(sql`select id, slug from institutions order by id`);
    let entries = 0;
    const broken: { institution: string; at: ChainState["broken"] }[] = [];
    for (const { id, slug } of institutions) {
      const state = await walk(tx, id);
      entries += state.entries;
      if (state.broken.length > 0) broken.push({ institution: slug, at: state.broken });
    }
    return { entries, broken };
  });
}

async function walk(tx: Transaction, institutionId: number): Promise<ChainState> {
  const faults = await tx.execute<{ seq: number; what: "changed" | "missing" | "unchained" | "cut" }>(sql`
    with chained as (
      select c.seq, c.previous, c.hash, a.id is null as is_missing, audit_hash(c.seq, c.previous, audit_content(a)) as computed,
        lag(c.hash, 1, '') over chain as hash_before, row_number() over chain as place
      from audit_chain c
      left join audit a on a.institution_id = c.institution_id and a.id = c.audit_id
      where c.institution_id = ${institutionId}
      window chain as (order by c.seq)
    ),
    faults as (
      select seq, case when is_missing or seq <> place then 'missing' else 'changed' end as what
      from chained
      where is_missing or seq <> place or previous <> hash_before or computed is distinct from hash
      union all
      select 0, 'unchained'
      from audit a
      where a.institution_id = ${institutionId}
        and not exists (select from audit_chain c where c.institution_id = ${institutionId} and c.audit_id = a.id)
      union all
      select h.seq, 'cut'
      from audit_heads h
      where h.institution_id = ${institutionId}
        and not exists (select from audit_chain c where c.institution_id = ${institutionId} and c.seq = h.seq and c.hash = h.hash)
    )
    select seq, what from faults order by seq limit ${SHOWN_MAX}`);
  const [head] = await tx.execute<{ entries: number; hash: string }>(sql`
    select seq as entries, hash from audit_heads where institution_id = ${institutionId}`);
  return { entries: head?.entries ?? 0, head: head?.hash ?? "", broken: faults.map(({ seq, what }) => ({ seq, what })) };
}
