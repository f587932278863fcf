const STAGES = ["invited", "connecting", "firstPreview", "reviewing", "waitingForApproval", "live"] as const;
/**
 * How far an institution has come.
 * `invited`: nobody of it has come in. `connecting`: somebody has, nothing was sent. `firstPreview`: files have arrived, no plan
 * was prepared of them. `reviewing`: a plan is there in Preview, or was committed there. `waitingForApproval`: the institution
 * asked for Production. `live`: something was committed to Production.
 */
export type Stage = (typeof STAGES)[number];

/** When each thing happened first; null where it has not. */
export interface StageFacts {
  readonly createdAt: Date;
  readonly memberAt: Date | null;
  readonly arrivalAt: Date | null;
  readonly planAt: Date | null;
  /** Of the request that waits now. */
  readonly requestedAt: Date | null;
  readonly liveAt: Date | null;
}

/** The stage and since when it lasts, out of what happened: nobody types it in (SCREENS B2). */
export function stageOf(facts: StageFacts): { readonly stage: Stage; readonly since: Date } {
  if (facts.liveAt !== null) return { stage: "live", since: facts.liveAt };
  if (facts.requestedAt !== null) return { stage: "waitingForApproval", since: facts.requestedAt };
  if (facts.planAt !== null) return { stage: "reviewing", since: facts.planAt };
  if (facts.arrivalAt !== null) return { stage: "firstPreview", since: facts.arrivalAt };
  if (facts.memberAt !== null) return { stage: "connecting", since: facts.memberAt };
  return { stage: "invited", since: facts.createdAt };
}
