import { Heading } from "react-email";
import { Frame } from "./frame";
import { Letter } from "./letter";

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
      <Letter sentences={notice.sentences} press={notice.button} url={notice.url} tone="usual" below={notice.url} />
    </Frame>
  );
}

export const dataNoticeText = (notice: DataNotice): string =>
  [notice.headline, "", ...notice.sentences, "", `${notice.button}:`, notice.url, "", notice.why, ""].join("\n");
