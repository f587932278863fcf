import { Link } from "react-email";
import { muted } from "./frame";

/** Why the reader gets this, and where they end it; a null link: they cannot. */
export function Foot({ why, stopUrl }: { why: string; stopUrl: string | null }) {
  if (stopUrl === null) return why;
  return (
    <>
      {why}{" "}
      <Link className="muted" href={stopUrl} style={{ color: muted, textDecoration: "underline" }}>
        {STOP}
      </Link>
    </>
  );
}

const STOP = "No more mails of this kind";

export const footText = (why: string, stopUrl: string | null): string[] => (stopUrl === null ? [why] : [why, `${STOP}: ${stopUrl}`]);
