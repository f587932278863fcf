import { sql } from "drizzle-orm";
import type { Role } from "@/server/auth/permissions";
import { untenanted } from "@/server/database";
import { invitationDigestOf } from "./send";

/** An invitation as its link finds it, in whatever institution it is. */
export interface FoundInvitation {
  readonly id: string;
  readonly institutionId: number;
  readonly slug: string;
  readonly institution: string;
  readonly kind: "member" | "institution";
  readonly email: string;
  readonly role: Role;
  readonly invitedBy: string | null;
  /** `ended`: taken back, or replaced by a newer one. */
  readonly state: "open" | "used" | "expired" | "ended";
}

/** What an invitation's page shows; opening it changes nothing, since mail scanners open links too (T25). Null for an unknown link. */
export async function lookAtInvitation(token: string) {
  const found = await findInvitation(token);
  if (found === null) return null;
  const { slug, institution, kind, email, role, invitedBy, state } = found;
  return { slug, institution, kind, email, role, invitedBy, state };
}

export async function findInvitation(token: string): Promise<FoundInvitation | null> {
  const [found] = await untenanted((tx) =>
    tx.execute<FoundInvitation & Record<string, unknown>>(sql`
      select id, institution_id as "institutionId", slug, institution, kind, email, role, invited_by as "invitedBy",
        case when used_at is not null then 'used' when revoked_at is not null then 'ended' when expires_at <= now() then 'expired' else 'open' end as state
      from invitation_of(${invitationDigestOf(token)})`),
  );
  return found ?? null;
}
