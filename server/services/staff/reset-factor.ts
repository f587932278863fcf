import { sql } from "drizzle-orm";
import type { z } from "zod";
import type { Transaction } from "@/db/client";
import { staffAudit } from "@/db/schema";
import { untenanted } from "@/server/database";
import { AppError } from "@/server/errors";
import type { StaffPerson } from "../second-factor/person";
import { emailFrom } from "../sign-in/email";
import type { RemoveStaff } from "./change";

/**
 * Takes every second factor and recovery code of a colleague away and closes their consoles: they set up a new one at their next
 * sign-in. Throws CONFLICT for oneself (whoever has a factor removes and adds by it), NOT_FOUND.
 */
export async function resetFactor(by: StaffPerson, { accountId }: z.output<typeof RemoveStaff>): Promise<void> {
  if (accountId === by.accountId) throw new AppError("CONFLICT", "Change your own second factors on their page");
  await untenanted((tx) => reset(tx, accountId, { kind: "staff", accountId: by.accountId }));
}

/** The same for whoever holds a shell on the machine, so that the last admin who lost theirs is let in again. Throws NOT_FOUND. */
export async function resetFactorOf(typed: string): Promise<{ email: string }> {
  const email = emailFrom(typed);
  return untenanted(async (tx) => {
    const [found] = await tx.execute<{ id: number }>(sql`select id from accounts where email = ${email}`);
    await reset(tx, found?.id ?? 0, { kind: "command", accountId: null });
    return { email };
  });
}

async function reset(tx: Transaction, accountId: number, by: { kind: "staff" | "command"; accountId: number | null }): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('second factor'), ${accountId})`);
  const found = await tx.execute(sql`select from staff where account_id = ${accountId} and removed_at is null`);
  if (found.length === 0) throw new AppError("NOT_FOUND", "There is no such person of the staff");
  await tx.execute(sql`update staff_factors set removed_at = now() where account_id = ${accountId} and removed_at is null`);
  await tx.execute(sql`delete from staff_recovery_codes where account_id = ${accountId}`);
  await tx.execute(sql`update staff_sessions set revoked_at = now() where account_id = ${accountId} and revoked_at is null`);
  await tx
    .insert(staffAudit)
    .values({ actor: by.kind, accountId: by.accountId, verb: "staff.resetFactor", subject: `account ${accountId}` });
}
