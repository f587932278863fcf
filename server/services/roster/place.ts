import { z } from "zod";
import type { Transaction } from "@/db/client";
import type { TenantActor } from "@/server/auth/actor";
import type { Entity } from "@/server/roster/entities";
import { EnvironmentPlace, type FoundEnvironment, findEnvironment } from "@/server/services/runs/place";
import type { AsOf } from "./labels";

/** The lists of a roster. `teachers` and `students` are users by their primary role. */
const ROSTER_KINDS = ["schools", "teachers", "students", "classes"] as const;
export type RosterKind = (typeof ROSTER_KINDS)[number];
export const RosterPlace = EnvironmentPlace.extend({ kind: z.enum(ROSTER_KINDS) });

export const entityOfKind: Record<RosterKind, Entity> = { schools: "orgs", teachers: "users", students: "users", classes: "classes" };

/** The environment as it is now: what is committed, and nothing above it. */
export async function rosterNow(tx: Transaction, actor: TenantActor, place: z.infer<typeof EnvironmentPlace>): Promise<AsOf> {
  return asOfHead(await findEnvironment(tx, actor, place.environment));
}

export const asOfHead = (environment: FoundEnvironment): AsOf => ({
  institutionId: environment.institutionId,
  environmentId: environment.id,
  bucket: environment.bucket,
  seq: environment.headSeq,
});
