const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * Milliseconds of a duration as the SDK writes it: `30s`, `2h30m10s`, `1w2d`; the empty text is 0. Throws on anything else.
 */
export function durationMs(text: string): number {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))*$/.test(text)) throw new Error(`"${text}" is not a duration`);
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) total += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  return total;
}

/** A moment given either relative to the database's clock or absolutely. */
export type Moment = { readonly afterMs: number } | { readonly at: Date };

/** A sleep or timeout: a duration, or a date in ISO form. */
export function moment(text: string): Moment {
  if (/^\d{4}-\d{2}-\d{2}T/.test(text)) {
    const at = new Date(text);
    if (Number.isNaN(at.getTime())) throw new Error(`"${text}" is not a date`);
    return { at };
  }
  return { afterMs: durationMs(text) };
}

/** `retry-after` of a reply: seconds, or a date. Null when it says nothing usable. */
export function retryAfter(header: string | null): Moment | null {
  if (header === null || header === "") return null;
  if (/^\d+(?:\.\d+)?$/.test(header)) return { afterMs: Number(header) * 1000 };
  const at = new Date(header);
  return Number.isNaN(at.getTime()) ? null : { at };
}
