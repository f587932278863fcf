import type { Transaction } from "@/db/client";
import { audit as auditTable } from "@/db/schema";
import type { Json } from "@/db/schema/json";

/** Who did it: a member, vendor staff, somebody with a shell, somebody with a link to one step, or Rollcall by itself. */
export interface AuditActor {
  readonly kind: "member" | "staff" | "command" | "handOff" | "system";
  readonly accountId: number | null;
  readonly institutionId: number;
}

export interface AuditEntry {
  /** What was done, as `noun.verb`: `run.commit`. */
  readonly verb: string;
  /** To what, by id: `run 214`. Never a person's name or address. */
  readonly subject: string;
  /** Ids and counts. */
  readonly detail?: Json;
}

/** Appends one entry, in the transaction of what it tells. Every verb that changes something writes exactly one. */
export async function audit(tx: Transaction, actor: AuditActor, entry: AuditEntry): Promise<void> {
  await tx.insert(auditTable).values({
    institutionId: actor.institutionId,
    accountId: actor.accountId,
    actor: actor.kind,
    verb: entry.verb,
    subject: entry.subject,
    detail: entry.detail ?? {},
  });
}
