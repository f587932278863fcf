/** States and kinds of a run; the run's row is the only source of every badge (ARCHITECTURE §4). */

export const ENVIRONMENTS = ["preview", "production"] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

/** `quick` trusts the fingerprints of the last commit, `full` parses and compares every line (R4). */
export const RUN_KINDS = ["full", "quick"] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** What set the run going. */
export const TRIGGERS = ["person", "command", "arrival", "schedule", "again", "undo", "promotion"] as const;
export type Trigger = (typeof TRIGGERS)[number];
/** Whether a run reads files: an undo and a promotion compare two states of the roster, so that no row of theirs stands in a file. */
export const readsFiles = (trigger: Trigger): boolean => trigger !== "undo" && trigger !== "promotion";

/** Preparing, in order; `committing` follows a decision. */
export const WORKING_STATES = ["queued", "collecting", "loading", "checking", "comparing", "committing"] as const;
/** The plan waits for a person. */
export const WAITING_STATES = ["ready", "held"] as const;
/** Ended, with a reason in words; a set-aside run is prepared again by a run of its own. */
export const ENDED_STATES = ["committed", "discarded", "superseded", "setAside", "expired", "failed", "ignored"] as const;
export const RUN_STATES = [...WORKING_STATES, ...WAITING_STATES, ...ENDED_STATES] as const;
export type RunState = (typeof RUN_STATES)[number];

/** A run owns rows above the environment's head exactly while its state is one of these. */
export const OPEN_STATES = [...WORKING_STATES.filter((state) => state !== "queued"), ...WAITING_STATES] as const;

/** How one file is read: `bulk` is the full truth of its entity, `delta` lists changes, `undecided` is read as delta until a person answers, `absent` was not sent (R24). */
export const FILE_MODES = ["bulk", "delta", "undecided", "absent"] as const;
export type FileMode = (typeof FILE_MODES)[number];
