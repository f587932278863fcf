import { sql } from "drizzle-orm";
import { untenanted } from "@/server/database";
import { AppError } from "@/server/errors";
import type { StaffPerson } from "./person";
import { auditStaff } from "./staff-session";

/**
 * Takes one of one's own factors away. Throws SECOND_FACTOR in a browser that gave none, NOT_FOUND for another person's, CONFLICT
 * for the only one: without any, the mailbox alone would open the console again.
 */
export async function removeFactor(person: StaffPerson, id: string): Promise<void> {
  if (person.staffSessionId === null) throw new AppError("SECOND_FACTOR", "Confirm that it is you with your second factor first");
  await untenanted(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('second factor'), ${person.accountId})`);
    const mine = await tx.execute<{ id: string }>(sql`
      select id from staff_factors
      where account_id = ${person.accountId} and confirmed_at is not null and removed_at is null`);
    if (!mine.some((one) => one.id === id)) throw new AppError("NOT_FOUND", "There is no such second factor");
    if (mine.length === 1) throw new AppError("CONFLICT", "Your only second factor stays. Add another one first.");
    await tx.execute(sql`update staff_factors set removed_at = now() where id = ${id}`);
    await auditStaff(tx, person, { verb: "secondFactor.remove", subject: `factor ${id}` });
  });
}
