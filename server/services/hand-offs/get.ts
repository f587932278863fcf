import type { HandOffActor } from "@/server/auth/hand-off";
import { labelOf } from "@/server/services/feeds/label";
import { findSource } from "@/server/sources";

/** What the page of a link shows: whose files of which kind are asked for. Nothing of the roster, of runs or of members. */
export function getHandOff({ institution, handOff }: HandOffActor) {
  const source = findSource(handOff.feed.source);
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
    note: handOff.note,
    expiresAt: handOff.expiresAt,
    doneAt: handOff.doneAt,
    helpContact: handOff.helpContact,
  };
}
