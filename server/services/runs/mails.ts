import { inArray, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { accounts } from "@/db/schema";
import type { RunRow } from "./place";
import type { TimelineEntry } from "./report";
import { counted } from "./words";

const NAMES_MAX = 2;

/** Which of a run's notices went out, when the last of each kind did, and to whom. What still waits in the outbox is not told. */
export async function mailsSent(tx: Transaction, run: RunRow): Promise<TimelineEntry[]> {
  const sent = await tx.execute<{ at: string; recipients: string[] }>(
    sql`select sent_at as at, recipients from mails_sent_of(${run.id}) order by sent_at`,
  );
  if (sent.length === 0) return [];
  const people = await tx
    .select({ name: accounts.name, email: accounts.email })
    .from(accounts)
    .where(
      inArray(
        accounts.email,
        sent.flatMap((row) => row.recipients),
      ),
    );
  const nameOf = new Map(people.map(({ name, email }) => [email, name]));
  return sent.map(({ at, recipients }) => ({
    at: new Date(at),
    kind: "mail",
    text: `E-mail sent to ${listed(recipients.map((recipient) => nameOf.get(recipient) ?? recipient))}`,
  }));
}

function listed(names: readonly string[]): string {
  if (names.length <= NAMES_MAX) return names.join(" and ");
  return `${names.slice(0, NAMES_MAX).join(", ")} and ${counted(names.length - NAMES_MAX, ["other", "others"])}`;
}
