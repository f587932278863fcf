import { authorize, type TenantActor } from "@/server/auth/actor";
import { SOURCES } from "@/server/sources";

/** Every way a roster can come, as it stands on the tiles: the registry alone decides what is offered. */
export function listSources(actor: TenantActor) {
  authorize(actor, "institution:read");
  return SOURCES.map(({ key, label, needs, tile, fields, systems }) => ({ key, label, needs, tile, fields, systems }));
}
