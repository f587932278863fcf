import { type Actor, membershipsOf } from "@/server/auth/actor";

/** Who is signed in, and where they may go. */
export async function getSession(actor: Actor) {
  const memberships = await membershipsOf(actor.accountId);
  return {
    account: { id: actor.accountId, email: actor.email, name: actor.name },
    institutions: memberships.map(({ slug, name, timeZone, role }) => ({ slug, name, timeZone, role })),
    staffRole: actor.staffRole,
    /** Whether this browser gave the second factor that the staff console asks for. */
    isStaffSession: actor.staffSessionId !== null,
  };
}
