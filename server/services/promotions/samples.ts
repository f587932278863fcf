import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { differs, productionRows, type Sides, snapshotRows } from "@/db/difference";
import { read } from "@/db/read";
import { audit } from "@/server/audit";
import type { Actor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { COLUMNS, ENTITIES, type Entity, NAMED_BY } from "@/server/roster/entities";
import { ApprovalPlace } from "./approval";
import { bothEnvironments, findPromotion } from "./place";
import { placeOf } from "./vendor-place";

export const SamplePromotion = ApprovalPlace.extend({ entity: z.enum(ENTITIES) });

/** A few records of the difference, as they would be in Production. */
export interface Sample {
  readonly action: "archive" | "add" | "edit" | "reactivate";
  readonly sourceKey: string;
  readonly name: string;
  /** Of an edit, what changes. */
  readonly fields: readonly { readonly field: string; readonly before: string | null; readonly after: string | null }[];
}

const EACH = 5;

/**
 * Shows staff a few records of each action. They are people's data, so each look is written into the institution's audit. Throws
 * NOT_FOUND, CONFLICT while nothing is frozen.
 */
export async function samplePromotion(actor: Actor, raw: z.input<typeof SamplePromotion>): Promise<Sample[]> {
  const input = SamplePromotion.parse(raw);
  const { institutionId: id, number } = await placeOf(input.promotion);
  return asTenant(id, async (tx) => {
    const { preview, production } = await bothEnvironments(tx, id);
    const promotion = await findPromotion(tx, id, number);
    if (promotion.snapshotSeq === null) throw new AppError("CONFLICT", "Nothing is frozen yet");
    if (promotion.snapshotSeq < preview.historyFromSeq) throw new AppError("CONFLICT", "The rows of this snapshot are not kept any more");
    await audit(
      tx,
      { kind: "staff", accountId: actor.accountId, institutionId: id },
      { verb: "promotion.look", subject: `promotion ${promotion.number}`, detail: { entity: input.entity } },
    );
    const sides: Sides = {
      institutionId: id,
      snapshot: { environmentId: preview.id, bucket: preview.bucket, seq: promotion.snapshotSeq },
      production: { environmentId: production.id, bucket: production.bucket, headSeq: production.headSeq },
    };
    await tx.execute(sql`select set_config('jit', 'off', true), set_config('statement_timeout', '20s', true)`);
    const samples: Sample[] = [];
    for (const action of ["archive", "add", "edit", "reactivate"] as const) {
      samples.push(...(await sampleOf(tx, sides, { entity: input.entity, action })));
    }
    return samples;
  });
}

const Pair = z.object({ s: z.record(z.string(), z.unknown()).nullable(), v: z.record(z.string(), z.unknown()).nullable() });

/** One side is walked until enough are found: a full comparison is not needed for a few of them. */
async function sampleOf(tx: Transaction, sides: Sides, of: { entity: Entity; action: Sample["action"] }): Promise<Sample[]> {
  const { entity, action } = of;
  const s = sql`${snapshotRows(sides, entity)} s`;
  const v = sql`${productionRows(sides, entity)} v`;
  const same = sql`v.feed_id = s.feed_id and v.source_key = s.source_key`;
  const columns = COLUMNS[entity].map(({ name }) => name);
  const from: Record<Sample["action"], SQL> = {
    archive: sql`${v} left join ${s} on ${same} where v.status <> 'archived' and coalesce(s.status, 'archived') = 'archived'`,
    add: sql`${s} left join ${v} on ${same} where s.status <> 'archived' and v.source_key is null`,
    edit: sql`${s} join ${v} on ${same} where s.status <> 'archived' and v.status <> 'archived' and ${differs(columns)}`,
    reactivate: sql`${s} join ${v} on ${same} where s.status <> 'archived' and v.status = 'archived'`,
  };
  const pairs = await read(tx, Pair, sql`select to_jsonb(s) as s, to_jsonb(v) as v from ${from[action]} limit ${EACH}`);
  return pairs.map((pair) => {
    const cell = (side: "s" | "v", column: string): string | null => {
      const value = pair[side]?.[column];
      return typeof value === "string" ? value : null;
    };
    const shown = pair.s === null ? "v" : "s";
    return {
      action,
      sourceKey: cell(shown, "source_key") ?? "",
      name: NAMED_BY[entity].flatMap((column) => cell(shown, column) ?? []).join(" "),
      fields:
        action !== "edit"
          ? []
          : columns
              .filter((column) => cell("s", column) !== cell("v", column))
              .map((field) => ({ field, before: cell("v", field), after: cell("s", field) })),
    };
  });
}
