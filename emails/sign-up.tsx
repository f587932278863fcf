import { Button, Heading, Section, Text } from "react-email";
import { Frame, muted } from "./frame";

export interface SignUpMail {
  /** The page with the button; opening it makes nothing. */
  readonly url: string;
  readonly institution: string;
  readonly minutes: number;
}

export const signUpSubject = ({ institution }: SignUpMail): string => `Set up ${institution} in Rollcall`;

/** A link with which somebody shows that the address is theirs, before their institution is made. */
export function SignUp({ url, institution, minutes }: SignUpMail) {
  return (
    <Frame inbox={`One link, for ${minutes} minutes.`} edge="none" foot={whoAsked}>
      <Heading as="h1" style={{ margin: 0, fontSize: 22, lineHeight: "28px", fontWeight: 600 }}>
        Set up {institution}
      </Heading>
      <Text style={{ margin: "14px 0 0", fontSize: 15, lineHeight: "22px" }}>
        Open this link and press Continue there: {institution} is made, and you are its first owner.
      </Text>
      <Section style={{ padding: "18px 0 0" }}>
        <Button
          className="press"
          href={url}
          style={{ background: "#171f26", color: "#f9fcfe", fontWeight: 600, fontSize: 15, padding: "11px 18px", borderRadius: 5 }}
        >
          Set up {institution}
        </Button>
      </Section>
      <Text className="muted" style={{ margin: "14px 0 0", color: muted, fontSize: 14, lineHeight: "20px" }}>
        It works once, for {minutes} minutes. Until then nothing is made.
      </Text>
    </Frame>
  );
}

export const signUpText = ({ url, institution, minutes }: SignUpMail): string =>
  [
    `Set up ${institution}`,
    "",
    `Open this link and press Continue there: ${institution} is made, and you are its first owner.`,
    url,
    "",
    `It works once, for ${minutes} minutes. Until then nothing is made.`,
    "",
    whoAsked,
    "",
  ].join("\n");

const whoAsked = "You get this because somebody typed your address at Rollcall. If it was not you, do nothing: nothing was made.";
