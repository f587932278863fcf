import { Button, Heading, Section, Text } from "react-email";
import { Frame, muted } from "./frame";

export interface InvitationMail {
  /** The page with the button; opening it accepts nothing. */
  readonly url: string;
  readonly institution: string;
  /** Who asks, by name; null where it is nobody in particular. */
  readonly invitedBy: string | null;
  /** `an admin`: what the person will be there. */
  readonly role: string;
  readonly days: number;
}

export const invitationSubject = ({ institution }: InvitationMail): string => `You are invited to ${institution} on Rollcall`;

/** A link with which somebody becomes a member of an institution. */
export function Invitation(mail: InvitationMail) {
  return (
    <Frame inbox={`One link, for ${mail.days} days.`} edge="none" foot={whoAsked(mail)}>
      <Heading as="h1" style={{ margin: 0, fontSize: 22, lineHeight: "28px", fontWeight: 600 }}>
        Join {mail.institution} on Rollcall
      </Heading>
      <Text style={{ margin: "14px 0 0", fontSize: 15, lineHeight: "22px" }}>{sentence(mail)}</Text>
      <Section style={{ padding: "18px 0 0" }}>
        <Button
          className="press"
          href={mail.url}
          style={{ background: "#171f26", color: "#f9fcfe", fontWeight: 600, fontSize: 15, padding: "11px 18px", borderRadius: 5 }}
        >
          Open the invitation
        </Button>
      </Section>
      <Text className="muted" style={{ margin: "14px 0 0", color: muted, fontSize: 14, lineHeight: "20px" }}>
        {until(mail)}
      </Text>
    </Frame>
  );
}

export const invitationText = (mail: InvitationMail): string =>
  [
    `Join ${mail.institution} on Rollcall`,
    "",
    sentence(mail),
    "",
    "Open the invitation, and press the button there:",
    mail.url,
    "",
    until(mail),
    "",
    whoAsked(mail),
    "",
  ].join("\n");

const sentence = ({ institution, invitedBy, role }: InvitationMail): string =>
  `${invitedBy === null ? "You are asked" : `${invitedBy} asks you`} to be ${role} of ${institution}. You need no password: the button signs you in.`;
const until = ({ days }: InvitationMail): string => `The link works once, for ${days} days. A newer invitation ends it.`;
const whoAsked = ({ institution }: InvitationMail): string =>
  `You get this because somebody of ${institution} or its vendor named your address. If you do not know them, do nothing.`;
