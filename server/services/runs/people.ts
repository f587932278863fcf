import { inArray } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { accounts } from "@/db/schema";

/** What accounts are called on a report: their name, else their address. */
export async function namesOf(tx: Transaction, ids: readonly (number | null)[]): Promise<(id: number | null) => string | null> {
  const known = [...new Set(ids.filter((id) => id !== null))];
  if (known.length === 0) return () => null;
  const rows = await tx
    .select({ id: accounts.id, name: accounts.name, email: accounts.email })
    .from(accounts)
    .where(inArray(accounts.id, known));
  const names = new Map(rows.map((row) => [row.id, row.name ?? row.email]));
  return (id) => (id === null ? null : (names.get(id) ?? null));
}
