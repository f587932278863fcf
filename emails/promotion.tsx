import { Button, Heading, Section, Text } from "react-email";
import { Frame, muted } from "./frame";
import { Foot, footText } from "./stop";

/** What a mail about a promotion says: where it stands and what is wanted of the reader. Nothing that people wrote, nobody of the roster. */
export interface PromotionNotice {
  readonly institution: string;
  readonly number: number;
  /** The verdict, as subject and heading. */
  readonly headline: string;
  readonly sentences: readonly string[];
  readonly press: string;
  readonly url: string;
  /** Why the reader gets this. */
  readonly foot: string;
  /** Where one press ends mails of this kind; null: nowhere. */
  readonly stopUrl: string | null;
}

export const promotionSubject = (notice: PromotionNotice): string => `[Production] ${notice.headline} — ${notice.institution}`;

/** A step on the road from Preview to Production. */
export function Promotion(notice: PromotionNotice) {
  return (
    <Frame inbox={notice.sentences[0] ?? notice.headline} edge="production" foot={<Foot why={notice.foot} stopUrl={notice.stopUrl} />}>
      <Text style={{ margin: 0, fontSize: 15, lineHeight: "22px" }}>
        <span className="production" style={{ color: "#171f26", fontWeight: 600 }}>
          ◆ Production
        </span>
        <span className="muted" style={{ color: muted }}>
          {" "}
          {notice.institution}, promotion {notice.number}
        </span>
      </Text>
      <Heading as="h1" style={{ margin: "8px 0 0", fontSize: 22, lineHeight: "28px", fontWeight: 600 }}>
        {notice.headline}
      </Heading>
      {notice.sentences.map((sentence) => (
        <Text key={sentence} style={{ margin: "14px 0 0", fontSize: 15, lineHeight: "22px" }}>
          {sentence}
        </Text>
      ))}
      <Section style={{ padding: "18px 0 0" }}>
        <Button
          className="press press-production"
          href={notice.url}
          style={{ background: "#171f26", color: "#f9fcfe", fontWeight: 600, fontSize: 15, padding: "11px 18px", borderRadius: 5 }}
        >
          {notice.press}
        </Button>
      </Section>
      <Text className="muted" style={{ margin: "14px 0 0", color: muted, fontSize: 14, lineHeight: "20px" }}>
        {hint}
      </Text>
    </Frame>
  );
}

const hint = "You sign in to see more; this link has no power of its own.";

export const promotionText = (notice: PromotionNotice): string =>
  [
    notice.headline,
    `${notice.institution}, promotion ${notice.number}.`,
    "",
    ...notice.sentences,
    "",
    `${notice.press}: ${notice.url}`,
    hint,
    "",
    ...footText(notice.foot, notice.stopUrl),
    "",
  ].join("\n");
