import { Heading, Text } from "react-email";
import { Frame, muted } from "./frame";
import { Letter, SIGN_IN_HINT } from "./letter";
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
      <Letter sentences={notice.sentences} press={notice.press} url={notice.url} tone="production" below={SIGN_IN_HINT} />
    </Frame>
  );
}

export const promotionText = (notice: PromotionNotice): string =>
  [
    notice.headline,
    `${notice.institution}, promotion ${notice.number}.`,
    "",
    ...notice.sentences,
    "",
    `${notice.press}: ${notice.url}`,
    SIGN_IN_HINT,
    "",
    ...footText(notice.foot, notice.stopUrl),
    "",
  ].join("\n");
