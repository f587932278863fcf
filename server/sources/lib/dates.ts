import { isPlainDate } from "./plain-cells";
import { type CellReader, withPlain } from "./values";

/** Memory of dates read before: files repeat a few hundred of them. */
const REMEMBERED_MAX = 10_000;

/**
 * A calendar day as `YYYY-MM-DD`. `M/D/YYYY` is repaired in the given order; where both numbers could be the month the order
 * is used and said (SECURITY.md §E 55–57).
 */
export function readDate(order: "MDY" | "DMY"): CellReader {
  const good = new Set<string>();
  return withPlain(isPlainDate, (raw, column, findings) => {
    if (good.has(raw)) return raw;
    const value = raw.trim();
    const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
    if (iso !== null && isDay(Number(iso[1]), Number(iso[2]), Number(iso[3]))) {
      if (good.size < REMEMBERED_MAX) good.add(value);
      return value;
    }
    const slashed = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(value);
    if (slashed !== null) {
      const [first, second, year] = [Number(slashed[1]), Number(slashed[2]), Number(slashed[3])];
      const [month, day] = order === "MDY" ? [first, second] : [second, first];
      if (isDay(year, month, day)) {
        const read = `${slashed[3]}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
        const code = first <= 12 && second <= 12 && first !== second ? "DATE_AMBIGUOUS" : "DATE_REPAIRED";
        findings.report(code, column, {
          value,
          detail: `The date was read as ${read} (${order === "MDY" ? "month first" : "day first"}).`,
        });
        return read;
      }
    }
    findings.report("DATE", column, { value, detail: "This is not a day of the calendar written as YYYY-MM-DD." });
    return null;
  });
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1000 || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The time of a change as ISO text in UTC, or null where it cannot be read. `repaired`: the zone or the time was missing. */
export function parseDateTime(raw: string): { readonly iso: string; readonly repaired: boolean } | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(raw.trim());
  if (match === null || !isDay(Number(match[1]), Number(match[2]), Number(match[3]))) return null;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone = "Z"] = match;
  const offset = zone.toUpperCase() === "Z" ? "Z" : zone.replace(/^([+-]\d{2}):?(\d{2})$/, "$1:$2");
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction.slice(0, 4)}${offset}`);
  if (Number.isNaN(time)) return null;
  return { iso: new Date(time).toISOString(), repaired: match[4] === undefined || match[8] === undefined };
}
