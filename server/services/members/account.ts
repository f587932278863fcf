import { eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { accounts } from "@/db/schema";
import { emailFrom } from "../sign-in/email";

/** The account of an address, made when there is none. A name fills a missing one, and never replaces another. Throws INVALID. */
export async function accountFor(tx: Transaction, person: { email: string; name?: string | undefined }) {
  const email = emailFrom(person.email);
  await tx
    .insert(accounts)
    .values({ email, name: person.name ?? null })
    .onConflictDoNothing({ target: accounts.email });
  const [account] = await tx
    .select({ id: accounts.id, email: accounts.email, name: accounts.name })
    .from(accounts)
    .where(eq(accounts.email, email));
  if (account === undefined) throw new Error("An account was not made");
  if (account.name !== null || person.name === undefined) return account;
  await tx.update(accounts).set({ name: person.name }).where(eq(accounts.id, account.id));
  return { ...account, name: person.name };
}
