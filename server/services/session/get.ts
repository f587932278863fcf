import { type Actor, membershipsOf } from "@/server/auth/actor";
import { viewOf } from "@/server/auth/view";

/** Who is signed in, and where they may go. */
export async function getSession(actor: Actor) {
  const [memberships, view] = await Promise.all([membershipsOf(actor.accountId), viewOf(actor)]);
  return {
    account: { id: actor.accountId, email: actor.email, name: actor.name },
    institutions: memberships.map(({ slug, name, timeZone, role }) => ({ slug, name, timeZone, role })),
    staffRole: actor.staffRole,
    /** Whether this browser gave the second factor that the staff console asks for. */
    isStaffSession: actor.staffSessionId !== null,
    /** The institution at which this staff session looks now, and until when. */
    viewing: view === null ? null : { institution: view.slug, name: view.name, expiresAt: view.expiresAt },
  };
}
