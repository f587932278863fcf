import type { Outputs } from "@/app/_trpc/outputs";
import { count, counted } from "./counting";

type Welcome = NonNullable<Outputs["welcome"]["ofRun"]>;

/** How a commit's welcome mails stand, in a few words. */
export const WELCOME_STATES: Record<Welcome["state"], string> = {
  counting: "Being counted",
  simulated: "Simulated, nothing sent",
  nothing: "Nobody to write to",
  held: "Held",
  sending: "Going out in waves",
  paused: "Paused",
  cancelled: "Cancelled",
  done: "All handed over",
};

/** What is true of them now, as a sentence. */
export function welcomeHeadline(welcome: Pick<Welcome, "state" | "mails" | "sent">): string {
  const mails = counted(welcome.mails, "welcome mail");
  switch (welcome.state) {
    case "counting":
      return "Who gets a welcome mail is being counted.";
    case "simulated":
      return `${mails} would have gone out. Preview sends nothing.`;
    case "nothing":
      return "Nobody gets a welcome mail by this commit.";
    case "held":
      return `${mails} ${welcome.mails === 1 ? "is" : "are"} held. Nothing was sent.`;
    case "sending":
      return `${count(welcome.sent)} of ${mails} sent; the rest follows in waves.`;
    case "paused":
      return `${count(welcome.sent)} of ${mails} sent; the rest is paused.`;
    case "cancelled":
      return `Cancelled after ${count(welcome.sent)} of ${mails}.`;
    case "done":
      return welcome.sent === welcome.mails ? `${mails} sent.` : `${count(welcome.sent)} of ${mails} sent; no wave is left.`;
    default:
      return welcome.state satisfies never;
  }
}

/** Why they are held. */
export function welcomeReason(reason: Welcome["reasons"][number]): string {
  switch (reason.kind) {
    case "many":
      return `${counted(reason.count, "mail")}: more than the ${count(reason.limit)} that go by themselves.`;
    case "shared":
      return `${count(reason.count)} of ${counted(reason.of, "person", "people")} share their address with another one; more than ${reason.limit} % looks as if the column held something else.`;
    case "noLink":
      return "The vendor has not said yet where these mails lead.";
    default:
      return reason satisfies never;
  }
}
