import { ROLES, type Role } from "@/server/auth/permissions";
import { limitChanges, removedWords, retentionChanges } from "./audit-changes";
import { counted } from "./counting";
import { ROLE_PHRASES } from "./role-words";

/** An entry as far as a sentence needs it. */
interface ToldEntry {
  readonly verb: string;
  /** `run 214`, `feed 3`. */
  readonly subject: string;
  /** What the subject is called, where it has a name: a feed, a person, an address. */
  readonly about: string | null;
  readonly detail: unknown;
}

/** What a sentence may use: the thing by its name, or by what it is; and what was written down with it. */
interface Said {
  readonly thing: (otherwise: string) => string;
  readonly subject: string;
  readonly number: (name: string) => number;
  readonly word: (name: string) => string | null;
  readonly words: (name: string) => readonly string[];
  readonly is: (name: string) => boolean;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What an entry says was done, after the name of who did it; one line for each verb that is written anywhere. */
const SENTENCES: Readonly<Record<string, (of: Said) => string>> = {
  "delivery.abandon": () => "gave up an upload that nobody finished",
  "delivery.begin": ({ number }) => `began an upload of ${counted(number("files"), "file")}`,
  "delivery.cancel": () => "cancelled an upload",
  "delivery.finish": ({ number, word }) =>
    word("state") === "refused" ? "sent files that were refused" : `sent ${counted(number("files"), "file")}`,
  "deletion.approve": (of) => `agreed that this institution be deleted${because(of)}`,
  "deletion.begin": () => "began to delete this institution",
  "deletion.cancel": (of) => `stopped the deletion of this institution${because(of)}`,
  "deletion.reject": (of) => `refused the deletion of this institution${because(of)}`,
  "deletion.request": (of) => `asked that this institution be deleted${because(of)}`,
  "environment.resume": () => "let automatic runs in Production go on",
  "export.fetch": () => "downloaded everything of this institution",
  "export.request": () => "asked for everything of this institution as one file",
  "feed.create": ({ thing }) => `set up ${thing("a feed")}`,
  "feed.disable": ({ thing }) => `switched ${thing("a feed")} off`,
  "feed.enable": ({ thing }) => `switched ${thing("a feed")} on again`,
  "feed.putSecretBack": ({ thing }) => `put the secret before back for ${thing("a feed")}`,
  "feed.removeSecret": ({ thing }) => `removed a secret of ${thing("a feed")}`,
  "feed.setFields": ({ thing, words }) => `typed in what connects ${thing("a feed")}${listed(words("fields"))}`,
  "feed.setMode": ({ thing }) => `said how files of ${thing("a feed")} are to be read: as a full list or as changes`,
  "feed.setOptions": ({ thing, words }) => `changed options of ${thing("a feed")}${listed(words("options"))}`,
  "feed.setReading": ({ thing }) => `changed how files of ${thing("a feed")} are read`,
  "feed.testSecrets": ({ thing }) => `tested the secrets of ${thing("a feed")}`,
  "feed.tryOptions": ({ thing }) => `tried other options of ${thing("a feed")}`,
  "handOff.create": ({ thing }) => `handed a step to ${thing("a colleague")}`,
  "handOff.done": () => "finished the step that was handed over",
  "handOff.end": ({ thing }) => `took back the step that was handed to ${thing("a colleague")}`,
  "institution.create": () => "made this institution",
  "institution.note": () => "wrote a note about this institution for colleagues",
  "institution.setLabels": ({ detail }) =>
    `chose the words of this institution: ${Object.entries(detail)
      .flatMap(([name, word]) => (typeof word === "string" ? [`${name} is “${word}”`] : []))
      .join(", ")}`,
  "institution.setOwner": ({ detail }) =>
    detail.owner === null ? "no longer looks after this institution" : "said who of the vendor looks after this institution",
  "invitation.accept": (of) => `accepted an invitation to be ${role(of)}`,
  "invitation.create": (of) => `invited ${of.thing("somebody")} to be ${role(of)}`,
  "invitation.renew": ({ thing }) => `sent an expired invitation to ${thing("somebody")} again`,
  "invitation.revoke": ({ thing }) => `took back the invitation of ${thing("somebody")}`,
  "job.cancel": () => "cancelled work that was under way",
  "job.retry": () => "had work that failed done again",
  "limit.set": (of) => `changed ${limitChanges(of.detail) || "limits"}${because(of)}`,
  "member.add": (of) => `added ${of.thing("a member")} as ${role(of)}`,
  "member.changeRole": (of) => `made ${of.thing("a member")} ${role(of)}`,
  "member.remove": ({ thing }) => `ended the membership of ${thing("a member")}`,
  "notification.choose": ({ word, is }) => `switched mails about “${word("kind") ?? "something"}” ${is("on") ? "on" : "off"}`,
  "notification.unsubscribe": ({ word }) => `switched mails about “${word("kind") ?? "something"}” off, by the link in one`,
  "onboarding.chooseSource": ({ word, thing }) => `chose the source ${word("source") ?? thing("")}`,
  "onboarding.plan": ({ subject, word }) =>
    `changed who does ${subject.replace(/^step /, "the step “")}”, and by when${word("dueOn") === null ? "" : `: ${word("dueOn")}`}`,
  "organization.autoCreate": ({ number }) => `had ${counted(number("created"), "organization")} made from the schools`,
  "organization.create": ({ thing }) => `added the organization ${thing("of a new name")}`,
  "organization.mapSchool": ({ thing }) => `said to which organization a school belongs: ${thing("another one")}`,
  "organization.remove": () => "took an organization away",
  "organization.setMode": ({ word }) => `made this ${word("mode") === "single" ? "a portal of one school" : "a portal of many schools"}`,
  "organization.update": ({ thing, is }) => `${is("isRenamed") ? "renamed" : "moved"} the organization ${thing("")}`.trimEnd(),
  "promotion.applying": ({ subject }) => `began to bring ${subject} to Production`,
  "promotion.approved": ({ subject }) => `approved ${subject}`,
  "promotion.changesAsked": ({ subject }) => `asked for changes before ${subject} goes live`,
  "promotion.comment": ({ subject }) => `wrote about ${subject}`,
  "promotion.confirmed": ({ subject }) => `confirmed Preview for ${subject}`,
  "promotion.confirmedLive": ({ subject }) => `confirmed that Production is right after ${subject}`,
  "promotion.draft": ({ subject }) => `took ${subject} back`,
  "promotion.expired": ({ subject }) => `ended ${subject}, about which nobody decided in time`,
  "promotion.live": ({ subject }) => `brought ${subject} to Production`,
  "promotion.look": ({ subject, word }) => `looked at a few ${word("entity") ?? "records"} of ${subject}`,
  "promotion.rejected": ({ subject }) => `rejected ${subject}`,
  "promotion.requested": ({ subject }) => `asked the vendor to let ${subject} go live`,
  "promotion.rolledBack": ({ subject }) => `rolled ${subject} back`,
  "promotion.superseded": ({ subject }) => `ended ${subject}, since Preview moved on`,
  "retention.remove": ({ detail }) => `removed what had expired: ${removedWords(detail) ?? "nothing"}`,
  "retention.set": ({ detail }) => `changed how long things are kept: ${retentionChanges(detail)}`,
  "run.cancel": ({ subject }) => `stopped ${subject}`,
  "run.choose": ({ subject, number, is }) => `turned ${counted(number("changed"), "change")} of ${subject} ${is("on") ? "on" : "off"}`,
  "run.commit": ({ subject }) => `committed ${subject}`,
  "run.decide": ({ subject, is }) => `decided ${is("autoCommit") ? "by the run's own setting " : ""}to commit ${subject}`,
  "run.discard": ({ subject }) => `decided to discard ${subject}`,
  "run.discarded": ({ subject }) => `discarded ${subject}`,
  "run.expired": ({ subject }) => `gave ${subject} up, about which nobody decided in time`,
  "run.failed": ({ subject }) => `ended ${subject}, which failed`,
  "run.ignored": ({ subject }) => `left ${subject} be, which would have changed nothing`,
  "run.override": ({ subject, number }) =>
    `released the hold of ${subject}${number("count") > 0 ? ` after typing ${counted(number("count"), "record")}` : ""}`,
  "run.setAside": ({ subject }) => `set ${subject} aside for another one`,
  "run.start": ({ subject }) => `started ${subject}`,
  "run.superseded": ({ subject }) => `ended ${subject}, since a newer one came`,
  "run.undo": ({ subject, number }) => `asked to undo run ${number("undoes")}, by ${subject}`,
  "run.undoChoice": ({ subject, number }) => `took back a choice about ${counted(number("changed"), "change")} of ${subject}`,
  "secondFactor.enrol": ({ word }) => `set up a second factor: ${word("kind") === "passkey" ? "a passkey" : "an app"}`,
  "secondFactor.enter": () => "opened the staff console",
  "secondFactor.remove": () => "removed a second factor",
  "secondFactor.renewCodes": () => "took new recovery codes",
  "staff.add": (of) => `added ${of.thing("somebody")} to the staff${of.word("role") === null ? "" : ` as ${of.word("role")}`}`,
  "staff.changeRole": (of) => `made ${of.thing("a colleague")} ${of.word("role") ?? "something else"}`,
  "staff.remove": ({ thing }) => `removed ${thing("somebody")} from the staff`,
  "staff.resetFactor": ({ thing }) => `took the second factor of ${thing("a colleague")} away`,
  "view.end": () => "stopped viewing this institution",
  "view.readRoster": () => "saw the roster while viewing",
  "view.start": (of) => `began to view this institution${because(of)}`,
  "welcome.cancel": ({ subject, number }) => `cancelled ${counted(number("cancelled"), "welcome mail")} of ${subject}`,
  "welcome.count": ({ subject }) => `counted whom ${subject} makes welcome`,
  "welcome.pause": ({ subject }) => `paused the welcome mails of ${subject}`,
  "welcome.release": ({ subject, number }) => `released ${counted(number("mails"), "welcome mail")} of ${subject}`,
  "welcome.resume": ({ subject }) => `let the welcome mails of ${subject} go on`,
  "welcome.save": () => "changed what welcome mails say, to whom they go, and how fast",
};

/** Whether there is a sentence for a verb. */
export const isTold = (verb: string): boolean => SENTENCES[verb] !== undefined;

/** The sentence of an entry, to be read after who did it: "changed the archive limit from 10 % to 5 %". */
export function auditSentence({ verb, subject, about, detail }: ToldEntry): string {
  const sentence = SENTENCES[verb];
  if (sentence === undefined) return `did “${verb}” to ${subject}`;
  const of = isRecord(detail) ? detail : {};
  return sentence({
    thing: (otherwise) => about ?? otherwise,
    subject,
    number: (name) => (typeof of[name] === "number" ? of[name] : 0),
    word: (name) => (typeof of[name] === "string" ? of[name] : null),
    words: (name) => (Array.isArray(of[name]) ? of[name].filter((each) => typeof each === "string") : []),
    is: (name) => of[name] === true,
    detail: of,
  });
}

const because = ({ word }: Said): string => (word("reason") === null ? "" : `: “${word("reason")}”`);
const listed = (words: readonly string[]): string => (words.length === 0 ? "" : `: ${words.join(", ")}`);

/** `an admin`. */
function role({ word }: Said): string {
  const known: Role | undefined = ROLES.find((each) => each === word("role"));
  return known === undefined ? "a member" : ROLE_PHRASES[known];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
