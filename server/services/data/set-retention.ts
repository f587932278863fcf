import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { institutionRetention } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asEngine, asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { countExpired, type Expired } from "@/server/retention/count-expired";
import { retentionOf } from "./retention";
import { RETENTION, type RetentionDays, retentionKeys } from "./retention-table";

const days = (key: keyof typeof RETENTION) => {
  const { label, min, max } = RETENTION[key];
  return z.number().int().min(min, `${label}: at least ${min} days`).max(max, `${label}: at most ${max} days`);
};

export const SetRetention = z.object({
  days: z.object({
    filesDays: days("filesDays"),
    detailDays: days("detailDays"),
    historyDays: days("historyDays"),
    mailDays: days("mailDays"),
  }),
});

/** What would go tonight if this held; nothing is changed. Throws INVALID for more than the vendor's staff allow. */
export async function previewRetention(actor: TenantActor, raw: z.input<typeof SetRetention>): Promise<Expired> {
  authorize(actor, "data:read");
  const input = SetRetention.parse(raw);
  return asEngine(actor.institutionId, async (tx) => {
    await refuseLonger(tx, input.days);
    await tx.execute(sql`select set_config('statement_timeout', '20s', true)`);
    return countExpired(tx, actor.institutionId, input.days);
  });
}

/** Changes how long things are kept, from the next night on. What changes nothing writes nothing. Throws INVALID. */
export async function setRetention(actor: TenantActor, raw: z.input<typeof SetRetention>): Promise<{ changed: string[] }> {
  authorize(actor, "data:manage");
  const input = SetRetention.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('retention'), ${actor.institutionId})`);
    await refuseLonger(tx, input.days);
    const { days: before } = await retentionOf(tx);
    const changed = retentionKeys().filter((key) => before[key] !== input.days[key]);
    if (changed.length === 0) return { changed };
    const values = { ...input.days, updatedAt: sql`now()`, updatedBy: actor.accountId };
    await tx
      .insert(institutionRetention)
      .values({ institutionId: actor.institutionId, ...values })
      .onConflictDoUpdate({ target: institutionRetention.institutionId, set: values });
    await audit(tx, actor, {
      verb: "retention.set",
      subject: `institution ${actor.institutionId}`,
      detail: Object.fromEntries(changed.map((key) => [key, [before[key], input.days[key]]])),
    });
    return { changed };
  });
}

async function refuseLonger(tx: Transaction, wanted: RetentionDays): Promise<void> {
  const { most } = await retentionOf(tx);
  const over = retentionKeys().find((key) => wanted[key] > most[key]);
  if (over === undefined) return;
  const message = `${RETENTION[over].label}: the vendor's staff allow at most ${most[over]} days`;
  throw new AppError("INVALID", message, { data: { fields: [{ path: ["days", over], message }] } });
}
