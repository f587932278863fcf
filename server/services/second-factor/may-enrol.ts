import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { AppError } from "@/server/errors";
import type { StaffPerson } from "./person";

/**
 * The first second factor is taken from whoever reads the mailbox; every further one only from a browser that gave one already,
 * so that a mailbox alone never opens the console of a person who has one. Throws SECOND_FACTOR.
 */
export async function mayEnrol(tx: Transaction, person: StaffPerson): Promise<void> {
  // Two enrolments of one person come one after the other: of two first ones, the second finds a factor.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('second factor'), ${person.accountId})`);
  if (person.staffSessionId === null && (await hasFactor(tx, person.accountId))) {
    throw new AppError("SECOND_FACTOR", "Confirm that it is you with the second factor that you have");
  }
}

async function hasFactor(tx: Transaction, accountId: number): Promise<boolean> {
  const found = await tx.execute(sql`
    select from staff_factors
    where account_id = ${accountId} and confirmed_at is not null and removed_at is null
    limit 1`);
  return found.length > 0;
}
