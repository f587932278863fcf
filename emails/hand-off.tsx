import { Button, Heading, Section, Text } from "react-email";
import { Frame, muted } from "./frame";

export interface HandOffMail {
  readonly url: string;
  readonly institution: string;
  /** Who asks. */
  readonly from: string;
  readonly source: string;
  readonly note: string;
  readonly days: number;
}

export const handOffSubject = ({ institution, source }: HandOffMail): string => `A step waits for you: ${source} files of ${institution}`;

/** One step of connecting, for somebody who is no member. */
export function HandOff(mail: HandOffMail) {
  return (
    <Frame inbox={asks(mail)} edge="preview" foot={whyYou(mail)}>
      <Heading as="h1" style={{ margin: 0, fontSize: 22, lineHeight: "28px", fontWeight: 600 }}>
        {asks(mail)}
      </Heading>
      {mail.note === "" ? null : (
        <Text style={{ margin: "14px 0 0", fontSize: 15, lineHeight: "22px", whiteSpace: "pre-line" }}>“{mail.note}”</Text>
      )}
      <Section style={{ padding: "18px 0 0" }}>
        <Button
          className="press"
          href={mail.url}
          style={{ background: "#005875", color: "#f9fcfe", fontWeight: 600, fontSize: 15, padding: "11px 18px", borderRadius: 5 }}
        >
          See what is needed
        </Button>
      </Section>
      <Text className="muted" style={{ margin: "14px 0 0", color: muted, fontSize: 14, lineHeight: "20px" }}>
        {limits(mail)}
      </Text>
    </Frame>
  );
}

export const handOffText = (mail: HandOffMail): string =>
  [
    asks(mail),
    "",
    ...(mail.note === "" ? [] : [`“${mail.note}”`, ""]),
    "See what is needed:",
    mail.url,
    "",
    limits(mail),
    "",
    whyYou(mail),
    "",
  ].join("\n");

const asks = ({ from, institution, source }: HandOffMail): string => `${from} asks you for the ${source} files of ${institution}`;
const limits = ({ days }: HandOffMail): string =>
  `The link is for you alone and works for ${days} days. It takes these files and shows nothing of any student or teacher. You need no account.`;
const whyYou = ({ from }: HandOffMail): string => `You get this because ${from} typed your address. If you do not know them, do nothing.`;
