/** What an entry of an audit says was done, after the name of who did it. */
const VERBS: Readonly<Record<string, string>> = {
  "delivery.abandon": "gave up an upload that nobody finished",
  "delivery.begin": "began an upload",
  "delivery.cancel": "cancelled an upload",
  "delivery.finish": "finished an upload",
  "environment.resume": "let the schedule run again",
  "feed.create": "set a feed up",
  "feed.setFields": "typed in what connects a feed",
  "feed.setMode": "said how a file is to be read",
  "feed.setReading": "changed how files are read",
  "handOff.create": "handed a step to a colleague",
  "handOff.done": "finished a step that was handed over",
  "handOff.end": "took back a step that was handed over",
  "institution.create": "made this institution",
  "institution.note": "wrote a note about this institution",
  "institution.setOwner": "said who of the vendor looks after this institution",
  "invitation.accept": "accepted an invitation",
  "invitation.create": "invited somebody",
  "invitation.renew": "sent an expired invitation again",
  "invitation.revoke": "took an invitation back",
  "job.cancel": "cancelled a job",
  "job.retry": "had a job run again",
  "limit.set": "set limits",
  "member.add": "added a member",
  "member.changeRole": "changed a member's role",
  "member.remove": "ended a membership",
  "onboarding.chooseSource": "chose a source",
  "onboarding.plan": "changed the plan of set-up",
  "promotion.comment": "commented on a promotion",
  "promotion.look": "looked at a promotion",
  "run.cancel": "cancelled a run",
  "run.choose": "chose what a run changes",
  "run.commit": "committed a run",
  "run.decide": "decided to commit a run",
  "run.discard": "discarded a run",
  "run.override": "took a hold's exit",
  "run.start": "started a run",
  "run.undo": "asked to undo a run",
  "run.undoChoice": "took back a choice",
  "secondFactor.enrol": "set up a second factor",
  "secondFactor.enter": "opened the staff console",
  "secondFactor.remove": "removed a second factor",
  "secondFactor.renewCodes": "took new recovery codes",
  "staff.add": "added somebody to the staff",
  "staff.changeRole": "changed the role of a colleague",
  "staff.remove": "removed somebody from the staff",
  "staff.resetFactor": "reset a colleague's second factor",
  "view.end": "stopped viewing this institution",
  "view.readRoster": "saw the roster while viewing",
  "view.start": "began to view this institution",
};

/** In words; a verb that has none yet is shown as it is kept. */
export const auditVerb = (verb: string): string => VERBS[verb] ?? verb;

/** What entries are about, by the noun of their verb. */
export const AUDIT_NOUNS: readonly (readonly [noun: string, word: string])[] = [
  ["run", "Runs"],
  ["delivery", "Uploads"],
  ["feed", "Feeds"],
  ["promotion", "Promotions"],
  ["member", "Members"],
  ["invitation", "Invitations"],
  ["view", "Views by the vendor"],
  ["institution", "The institution"],
];

/** Who did it, when it was not a member by name. */
export function actorWord(actor: "member" | "staff" | "command" | "handOff" | "system", name: string | null): string {
  switch (actor) {
    case "member":
      return name ?? "A member";
    case "staff":
      return name ?? "Vendor staff";
    case "command":
      return "Somebody at the server";
    case "handOff":
      return "Somebody with a link to one step";
    case "system":
      return "Rollcall";
    default:
      return actor satisfies never;
  }
}
