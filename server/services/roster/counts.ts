import { z } from "zod";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { EnvironmentPlace, findEnvironment } from "@/server/services/runs/place";

const count = z.number().int().default(0);
/** `environments.counts`, written by every commit: what is active. */
const Counts = z.object({
  orgs: count,
  schools: count,
  academicSessions: count,
  courses: count,
  classes: count,
  users: count,
  students: count,
  teachers: count,
  enrollments: count,
});
export type RosterCounts = z.infer<typeof Counts>;

export const countRosterOf = (stored: unknown): RosterCounts => Counts.parse(stored);

/** How much is active in an environment, and since which commit. */
export async function countRoster(
  actor: TenantActor,
  raw: z.input<typeof EnvironmentPlace>,
): Promise<{ counts: RosterCounts; headSeq: number; committedAt: Date | null }> {
  authorize(actor, "roster:read");
  const input = EnvironmentPlace.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { counts, headSeq, committedAt } = await findEnvironment(tx, actor, input.environment);
    return { counts: countRosterOf(counts), headSeq, committedAt };
  });
}
