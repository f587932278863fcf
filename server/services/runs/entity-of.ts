import { ENTITIES, type Entity } from "@/server/roster/entities";

/** The entity that a text column names, or null where it names none. */
export const entityOf = (stored: string | null): Entity | null => ENTITIES.find((entity) => entity === stored) ?? null;
