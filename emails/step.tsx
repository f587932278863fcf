import { Button, Heading, Section, Text } from "react-email";
import { Frame, muted } from "./frame";
import { Foot, footText } from "./stop";

/** A step that was taken, told to whoever goes on from there. Counts and names of institutions only, nobody's of a roster. */
export interface StepMail {
  readonly institution: string;
  readonly headline: string;
  readonly sentences: readonly string[];
  readonly press: string;
  readonly url: string;
  /** Why the reader gets this. */
  readonly foot: string;
  readonly stopUrl: string | null;
}

export const stepSubject = ({ headline, institution }: StepMail): string => `${headline} — ${institution}`;

/** One step of connecting an institution or of writing to its people. */
export function Step(mail: StepMail) {
  return (
    <Frame inbox={mail.sentences[0] ?? mail.headline} edge="none" foot={<Foot why={mail.foot} stopUrl={mail.stopUrl} />}>
      <Heading as="h1" style={{ margin: 0, fontSize: 22, lineHeight: "28px", fontWeight: 600 }}>
        {mail.headline}
      </Heading>
      {mail.sentences.map((sentence) => (
        <Text key={sentence} style={{ margin: "14px 0 0", fontSize: 15, lineHeight: "22px" }}>
          {sentence}
        </Text>
      ))}
      <Section style={{ padding: "18px 0 0" }}>
        <Button
          className="press"
          href={mail.url}
          style={{ background: "#005875", color: "#f9fcfe", fontWeight: 600, fontSize: 15, padding: "11px 18px", borderRadius: 5 }}
        >
          {mail.press}
        </Button>
      </Section>
      <Text className="muted" style={{ margin: "14px 0 0", color: muted, fontSize: 14, lineHeight: "20px" }}>
        {HINT}
      </Text>
    </Frame>
  );
}

const HINT = "You sign in to see more; this link has no power of its own.";

export const stepText = (mail: StepMail): string =>
  [
    `${mail.headline} (${mail.institution})`,
    "",
    ...mail.sentences,
    "",
    `${mail.press}: ${mail.url}`,
    HINT,
    "",
    ...footText(mail.foot, mail.stopUrl),
    "",
  ].join("\n");
