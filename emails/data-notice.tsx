import { Button, Heading, Section, Text } from "react-email";
import { Frame, muted } from "./frame";

export interface DataNotice {
  /** What happened, as the subject says it. */
  readonly headline: string;
  readonly sentences: readonly string[];
  /** A page; it opens to whoever may see it. */
  readonly url: string;
  readonly button: string;
  readonly why: string;
}

export const dataNoticeSubject = ({ headline }: DataNotice): string => headline;

/** What happens to an institution's data as a whole: never what they are, nor a person. */
export function DataNoticeMail(notice: DataNotice) {
  return (
    <Frame inbox={notice.sentences[0] ?? notice.headline} edge="none" foot={notice.why}>
      <Heading as="h1" style={{ margin: 0, fontSize: 22, lineHeight: "28px", fontWeight: 600 }}>
        {notice.headline}
      </Heading>
      {notice.sentences.map((sentence) => (
        <Text key={sentence} style={{ margin: "14px 0 0", fontSize: 15, lineHeight: "22px" }}>
          {sentence}
        </Text>
      ))}
      <Section style={{ padding: "18px 0 0" }}>
        <Button
          className="press"
          href={notice.url}
          style={{ background: "#171f26", color: "#f9fcfe", fontWeight: 600, fontSize: 15, padding: "11px 18px", borderRadius: 5 }}
        >
          {notice.button}
        </Button>
      </Section>
      <Text className="muted" style={{ margin: "14px 0 0", color: muted, fontSize: 14, lineHeight: "20px" }}>
        {notice.url}
      </Text>
    </Frame>
  );
}

export const dataNoticeText = (notice: DataNotice): string =>
  [notice.headline, "", ...notice.sentences, "", `${notice.button}:`, notice.url, "", notice.why, ""].join("\n");
