import type { OnboardingFacts } from "./facts";

/** The seven steps of a registrar from first talk to a feed that runs by itself (REQUIREMENTS 5–11), in their order. */
export const TIMELINE_STEPS = ["data", "access", "call", "preview", "verify", "production", "confirm"] as const;
type TimelineStep = (typeof TIMELINE_STEPS)[number];

/** Who owes a step. */
type Team = "institution" | "vendor" | "both";

/**
 * How a step stands, told from what happened.
 * `done`: it happened. `due`: somebody's turn now. `later`: an earlier step comes first. `agreed`: a day is set for it.
 * `notNeeded`: the way that was chosen does without it.
 */
type StepState = "done" | "due" | "later" | "agreed" | "notNeeded";

export interface TimelineLine {
  readonly step: TimelineStep;
  readonly title: string;
  readonly team: Team;
  readonly state: StepState;
  /** One sentence: what happened, or what is to be done. */
  readonly text: string;
  /** When it was done. */
  readonly at: Date | null;
  /** Who did it, or who was named to do it. */
  readonly owner: string | null;
  /** `YYYY-MM-DD`, as agreed. */
  readonly dueOn: string | null;
}

/** What people agreed about a step. */
export interface StepPlan {
  readonly step: TimelineStep;
  readonly owner: string | null;
  readonly dueOn: string | null;
}

const TITLES: Record<TimelineStep, { title: string; team: Team; task: string }> = {
  data: {
    title: "Send users, courses and registrations",
    team: "institution",
    task: "Choose where the roster is kept and send its files once.",
  },
  access: {
    title: "Open the way for the files",
    team: "institution",
    task: "Files are sent from the browser: no server of yours is reached, and no address has to be opened.",
  },
  call: {
    title: "Talk the process through",
    team: "both",
    task: "Only if either side wishes; every page says what comes next. Set a day for it here.",
  },
  preview: {
    title: "Bring the files into Preview",
    team: "vendor",
    task: "The first plan prepares itself as soon as files arrive. Preparing writes nothing.",
  },
  verify: {
    title: "Check Preview and confirm it",
    team: "institution",
    task: "Review what would change, commit it to Preview, and confirm that it is right.",
  },
  production: {
    title: "Bring it to Production",
    team: "vendor",
    task: "The vendor's staff look at the confirmed Preview and approve it for Production.",
  },
  confirm: {
    title: "Confirm that Production is right",
    team: "institution",
    task: "Look at Production after it went live, and confirm it.",
  },
};

/** The seven steps as they stand. `today` is the institution's own day, `YYYY-MM-DD`. */
export function timelineOf(facts: OnboardingFacts, plans: readonly StepPlan[], today: string): TimelineLine[] {
  const happened: Record<TimelineStep, OnboardingFacts["arrival"]> = {
    data: facts.arrival,
    access: null,
    call: null,
    preview: facts.plan,
    verify: facts.confirmed,
    production: facts.live,
    confirm: facts.liveConfirmed,
  };
  const chain = TIMELINE_STEPS.filter((step) => step !== "access" && step !== "call");
  const next = chain.find((step) => happened[step] === null);
  return TIMELINE_STEPS.map((step) => {
    const { title, team, task } = TITLES[step];
    const plan = plans.find((one) => one.step === step);
    const done = happened[step];
    const line = { step, title, team, text: task, at: null, owner: plan?.owner ?? null, dueOn: plan?.dueOn ?? null };
    if (done !== null) return { ...line, state: "done", at: done.at, owner: done.by ?? line.owner ?? byItself(step), text: doneText(step) };
    if (step === "access") return { ...line, state: "notNeeded" };
    if (step === "call") return { ...line, state: line.dueOn === null ? "notNeeded" : line.dueOn < today ? "done" : "agreed" };
    if (step === "verify" && facts.commit !== null) line.text = "Committed to Preview; confirm that it is right.";
    return { ...line, state: step === next ? "due" : "later" };
  });
}

/** What nobody had to do. */
const byItself = (step: TimelineStep): string | null => (step === "preview" ? "Rollcall, by itself" : null);

function doneText(step: TimelineStep): string {
  switch (step) {
    case "data":
      return "The first files arrived.";
    case "preview":
      return "The first plan was prepared.";
    case "verify":
      return "Preview was confirmed.";
    case "production":
      return "Production went live.";
    case "confirm":
      return "Production was confirmed.";
    case "access":
    case "call":
      return TITLES[step].task;
    default:
      return step satisfies never;
  }
}
