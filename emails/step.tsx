import { Heading } from "react-email";
import { Frame } from "./frame";
import { Letter, SIGN_IN_HINT } from "./letter";
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
      <Letter sentences={mail.sentences} press={mail.press} url={mail.url} tone="usual" below={SIGN_IN_HINT} />
    </Frame>
  );
}

export const stepText = (mail: StepMail): string =>
  [
    `${mail.headline} (${mail.institution})`,
    "",
    ...mail.sentences,
    "",
    `${mail.press}: ${mail.url}`,
    SIGN_IN_HINT,
    "",
    ...footText(mail.foot, mail.stopUrl),
    "",
  ].join("\n");
