import type { deliveries } from "@/db/schema";
import { ENTITIES } from "@/server/roster/entities";
import { parseRunCounts } from "./counts";
import type { FoundEnvironment, RunRow } from "./place";

interface Comparison {
  readonly committed: RunRow | null;
  /** The digest of the committed run's delivery is looked up by whoever calls; the same delivery id is the same content. */
  readonly committedDigest: string | null;
  readonly delivery: typeof deliveries.$inferSelect;
  readonly settingsVersion: number;
  /** Of the rules by which the feed's source reads now; null: this deployment has no such source. */
  readonly rulesVersion: string | null;
  readonly environment: FoundEnvironment;
  readonly schools: readonly string[] | undefined;
}

/**
 * The sentence that says why a quick run has nothing to do, or null. The same content again is no change only if that commit
 * refused and rejected nothing under the same settings, rules of reading and scope, and nothing was committed since (T17): otherwise refused
 * and invalid rows return, and the delivery is prepared once more.
 */
export function nothingNew(of: Comparison): string | null {
  const { committed, delivery } = of;
  // An undo took part of what arrived back, a promotion read nothing of it.
  if (
    committed?.trigger === "undo" ||
    committed?.trigger === "promotion" ||
    committed === null ||
    delivery.digest === null ||
    of.committedDigest !== delivery.digest
  )
    return null;
  if (committed.settingsVersion !== of.settingsVersion || committed.commitSeq !== of.environment.headSeq) return null;
  if (of.rulesVersion === null || committed.rulesVersion !== of.rulesVersion) return null;
  if (committed.schools !== null || of.schools !== undefined) return null;
  const counts = parseRunCounts(committed.counts);
  if (ENTITIES.some((entity) => counts[entity].refused > 0 || counts[entity].rejected > 0)) return null;
  return `The same content as run ${committed.number}, which is committed as it is: nothing to change.`;
}
