import { Link, Text } from "react-email";
import { Frame } from "./frame";

/** What one person reads: the institution's own words, and nothing besides. */
export interface WelcomeMail {
  readonly subject: string;
  /** Line by line; empty ones part paragraphs. */
  readonly lines: readonly string[];
  /** Where it stands in a line, it can be pressed. */
  readonly link: string;
}

export const welcomeSubject = ({ subject }: WelcomeMail): string => subject;

/** To a person whom the roster newly holds. */
export function Welcome({ lines, link }: WelcomeMail) {
  return (
    <Frame inbox={lines.find((line) => line.trim() !== "") ?? ""} edge="none" foot={null}>
      {paragraphsOf(lines).map((paragraph) => (
        <Text key={paragraph.join("\n")} style={{ margin: "0 0 14px", fontSize: 16, lineHeight: "24px" }}>
          {paragraph.map((line, at) => (
            <span key={line}>
              {at > 0 ? <br /> : null}
              <Line line={line} link={link} />
            </span>
          ))}
        </Text>
      ))}
    </Frame>
  );
}

function Line({ line, link }: { line: string; link: string }) {
  const at = line.indexOf(link);
  if (at < 0) return line;
  return (
    <>
      {line.slice(0, at)}
      <Link className="preview" href={link} style={{ color: "#005875" }}>
        {link}
      </Link>
      {line.slice(at + link.length)}
    </>
  );
}

const paragraphsOf = (lines: readonly string[]): string[][] =>
  lines
    .join("\n")
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.split("\n").filter((line) => line.trim() !== ""))
    .filter((paragraph) => paragraph.length > 0);

export const welcomeText = ({ lines }: WelcomeMail): string => `${lines.join("\n").trim()}\n`;
