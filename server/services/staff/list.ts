import { sql } from "drizzle-orm";
import type { StaffRole } from "@/server/auth/permissions";
import { untenanted } from "@/server/database";

/** The people of the vendor: their role, what they confirm themselves with, and when the console was last opened by them. */
export async function listStaff() {
  const rows = await untenanted((tx) =>
    tx.execute<{
      accountId: number;
      email: string;
      name: string | null;
      role: StaffRole;
      createdAt: string;
      factors: ("totp" | "passkey")[];
      lastAt: string | null;
      openSessions: number;
    }>(sql`
      select a.id as "accountId", a.email, a.name, s.role, s.created_at as "createdAt",
        (select coalesce(json_agg(distinct f.kind), '[]') from staff_factors f
          where f.account_id = a.id and f.confirmed_at is not null and f.removed_at is null) as factors,
        (select max(o.created_at) from staff_sessions o where o.account_id = a.id) as "lastAt",
        (select count(*)::int from staff_sessions o
          join sessions base on base.id = o.session_id and base.revoked_at is null
          where o.account_id = a.id and o.revoked_at is null and o.expires_at > now() and o.role = s.role) as "openSessions"
      from staff s
      join accounts a on a.id = s.account_id
      where s.removed_at is null
      order by s.role, a.email`),
  );
  return rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt), lastAt: row.lastAt === null ? null : new Date(row.lastAt) }));
}
