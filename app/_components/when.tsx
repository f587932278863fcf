import { date, dayWord, inFull, minute, second, zoneName } from "./clock";

interface Moment {
  at: Date;
  /** The institution's IANA zone; every time is printed in it, never in the reader's. */
  zone: string;
}

/** "today 02:35 CDT"; the whole moment on hover. */
export function When({ at, zone }: Moment) {
  return (
    <time dateTime={at.toISOString()} title={inFull(at, zone)}>
      {dayWord(at, zone)} {minute(at, zone)} {zoneName(at, zone)}
    </time>
  );
}

/** "02:35:40", for steps of one run. */
export function ToTheSecond({ at, zone }: Moment) {
  return (
    <time dateTime={at.toISOString()} title={inFull(at, zone)}>
      {second(at, zone)}
    </time>
  );
}

/** "02:35", for entries under the heading of a day. */
export function ToTheMinute({ at, zone }: Moment) {
  return (
    <time dateTime={at.toISOString()} title={inFull(at, zone)}>
      {minute(at, zone)}
    </time>
  );
}

/** "today" or "19 Oct". */
export function OnDay({ at, zone }: Moment) {
  const word = dayWord(at, zone);
  return (
    <time dateTime={at.toISOString()} title={inFull(at, zone)}>
      {word === "today" ? "Today" : date(at, zone)}
    </time>
  );
}
