import { sql } from "drizzle-orm";
import { asVendor } from "@/server/database";
import { env } from "@/server/env";

/** Whether mails can go out, and what waits: for `doctor` and the vendor's page. */
export async function mailState(): Promise<{ isConfigured: boolean; waiting: number; oldestAt: Date | null; lastError: string | null }> {
  const [found] = await asVendor((tx) =>
    tx.execute<{ waiting: number; oldest: string | null; lastError: string | null }>(sql`
      select count(*)::int as waiting, min(created_at) as oldest,
        (array_agg(last_error order by created_at desc) filter (where last_error is not null))[1] as "lastError"
      from mails
      where sent_at is null and next_try_at < 'infinity'`),
  );
  return {
    isConfigured: env.SMTP_URL !== undefined,
    waiting: found?.waiting ?? 0,
    oldestAt: found?.oldest == null ? null : new Date(found.oldest),
    lastError: found?.lastError ?? null,
  };
}
