const figures = new Intl.NumberFormat("en-US");
const shares = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** A count with its separators: 45,000. */
export const count = (n: number): string => figures.format(n);

/** A count with its noun: "1 change", "412 changes". */
export const counted = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** A share from 0 to 1 as a percentage with at most one digit after the point, never rounded up: "8.9 %". */
export const percent = (share: number): string => `${shares.format(Math.floor(Number((share * 1000).toFixed(6))) / 10)} %`;

/** A size in bytes, in the unit in which people speak of files. */
export function size(bytes: number): string {
  if (bytes < 1000) return counted(bytes, "byte");
  for (const [unit, bytesPer] of [
    ["KB", 1e3],
    ["MB", 1e6],
    ["GB", 1e9],
  ] as const) {
    if (bytes < bytesPer * 1000) return `${shares.format(bytes / bytesPer)} ${unit}`;
  }
  return `${shares.format(bytes / 1e12)} TB`;
}
