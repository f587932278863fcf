import type { HandOffActor } from "@/server/auth/hand-off";
import { asTenant } from "@/server/database";
import { readFields } from "@/server/services/connections/read-fields";
import { labelOf } from "@/server/services/feeds/label";
import { findSource } from "@/server/sources";

/** What the page of a link shows: whose files of which kind are asked for. Nothing of the roster, of runs or of members. */
export async function getHandOff({ institutionId, institution, handOff }: HandOffActor) {
  const source = findSource(handOff.feed.source);
  const kept = await asTenant(institutionId, (tx) =>
    readFields(tx, { institutionId, feedId: handOff.feed.id, fields: source?.fields ?? [] }),
  );
  return {
    institution: institution.name,
    timeZone: institution.timeZone,
    source: {
      key: handOff.feed.source,
      label: labelOf(handOff.feed.source),
      needs: source?.needs ?? "",
      tile: source?.tile ?? null,
      systems: source?.systems ?? [],
    },
    fields: kept,
    note: handOff.note,
    expiresAt: handOff.expiresAt,
    doneAt: handOff.doneAt,
    helpContact: handOff.helpContact,
  };
}
