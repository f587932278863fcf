import { Button, Section, Text } from "react-email";
import { muted } from "./frame";

/** What a mail with one thing to do says below its heading: its sentences, the press, and what stands under that. */
export function Letter(of: {
  readonly sentences: readonly string[];
  readonly press: string;
  readonly url: string;
  readonly tone: "usual" | "production";
  readonly below: string;
}) {
  const isProduction = of.tone === "production";
  return (
    <>
      {of.sentences.map((sentence) => (
        <Text key={sentence} style={{ margin: "14px 0 0", fontSize: 15, lineHeight: "22px" }}>
          {sentence}
        </Text>
      ))}
      <Section style={{ padding: "18px 0 0" }}>
        <Button
          className={isProduction ? "press press-production" : "press"}
          href={of.url}
          style={{
            background: isProduction ? "#171f26" : "#005875",
            color: "#f9fcfe",
            fontWeight: 600,
            fontSize: 15,
            padding: "11px 18px",
            borderRadius: 5,
          }}
        >
          {of.press}
        </Button>
      </Section>
      <Text className="muted" style={{ margin: "14px 0 0", color: muted, fontSize: 14, lineHeight: "20px" }}>
        {of.below}
      </Text>
    </>
  );
}

/** Under a press of a mail to people with an account. */
export const SIGN_IN_HINT = "You sign in to see more; this link has no power of its own.";
