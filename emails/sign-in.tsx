import { Button, Heading, Section, Text } from "react-email";
import { Frame, muted } from "./frame";

export interface SignInMail {
  /** The page with the button; opening it signs nobody in. */
  readonly url: string;
  readonly code: string;
  readonly minutes: number;
}

export const signInSubject = "Your sign-in to Rollcall";

/** A link and a code for one sign-in. */
export function SignIn({ url, code, minutes }: SignInMail) {
  return (
    <Frame inbox={`One link or one code, for ${minutes} minutes.`} edge="none" foot={whoAsked}>
      <Heading as="h1" style={{ margin: 0, fontSize: 22, lineHeight: "28px", fontWeight: 600 }}>
        Sign in to Rollcall
      </Heading>
      <Text style={{ margin: "14px 0 0", fontSize: 15, lineHeight: "22px" }}>
        Open this link in the browser in which you asked, and press the button there.
      </Text>
      <Section style={{ padding: "18px 0 0" }}>
        <Button
          className="press"
          href={url}
          style={{ background: "#171f26", color: "#f9fcfe", fontWeight: 600, fontSize: 15, padding: "11px 18px", borderRadius: 5 }}
        >
          Sign in
        </Button>
      </Section>
      <Text style={{ margin: "18px 0 0", fontSize: 15, lineHeight: "22px" }}>Or type this code there:</Text>
      <Text
        className="code"
        style={{ margin: "4px 0 0", fontSize: 24, lineHeight: "32px", letterSpacing: 3, fontFamily: "'Source Code Pro', monospace" }}
      >
        {spaced(code)}
      </Text>
      <Text className="muted" style={{ margin: "14px 0 0", color: muted, fontSize: 14, lineHeight: "20px" }}>
        Both work once, for {minutes} minutes. A newer mail of this kind ends them.
      </Text>
    </Frame>
  );
}

export const signInText = ({ url, code, minutes }: SignInMail): string =>
  [
    "Sign in to Rollcall",
    "",
    "Open this link in the browser in which you asked, and press the button there:",
    url,
    "",
    `Or type this code there: ${spaced(code)}`,
    "",
    `Both work once, for ${minutes} minutes. A newer mail of this kind ends them.`,
    "",
    whoAsked,
    "",
  ].join("\n");

const whoAsked = "You get this because somebody typed your address at Rollcall's sign-in. If it was not you, do nothing.";
const spaced = (code: string): string => `${code.slice(0, 4)} ${code.slice(4)}`;
