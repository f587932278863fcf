import { RETENTION, retentionKeys } from "@/server/services/data/retention-table";
import { INSTITUTION_LIMITS, limitKeys } from "@/server/services/limits/table";
import { count, counted, size } from "./counting";

type Detail = Readonly<Record<string, unknown>>;

/** What changed from what to what: "the limit “Rows of one file” from everybody's to 500 rows". */
export const limitChanges = (detail: Detail): string =>
  limitKeys()
    .flatMap((key) => {
      const pair = detail[key];
      if (!Array.isArray(pair)) return [];
      const { label, unit, per } = INSTITUTION_LIMITS[key];
      const said = (value: unknown): string => (typeof value === "number" ? `${count(value / per)} ${unit}` : "everybody's");
      return [`the limit “${label}” from ${said(pair[0])} to ${said(pair[1])}`];
    })
    .join(", ");

/** "files of deliveries from 30 to 60 days". */
export const retentionChanges = (detail: Detail): string =>
  retentionKeys()
    .flatMap((key) => {
      const pair = detail[key];
      return Array.isArray(pair) ? [`${RETENTION[key].label.toLowerCase()} from ${String(pair[0])} to ${String(pair[1])} days`] : [];
    })
    .join(", ");

/** What went, or would go: "12 deliveries with 60 files (3.1 MB), 214 findings of 3 runs". Null: nothing. */
export function removedWords(detail: Detail): string | null {
  const n = (name: string): number => (typeof detail[name] === "number" ? detail[name] : 0);
  const parts = [
    ...(n("deliveries") > 0
      ? [`${counted(n("deliveries"), "delivery", "deliveries")} with ${counted(n("files"), "file")} (${size(n("bytes"))})`]
      : []),
    ...(n("runs") > 0 ? [`${counted(n("findings"), "finding")} of ${counted(n("runs"), "run")}`] : []),
    ...(n("versions") > 0 ? [counted(n("versions"), "earlier version")] : []),
    ...(n("mails") > 0 ? [counted(n("mails"), "mail")] : []),
    ...(n("exports") > 0 ? [counted(n("exports"), "export")] : []),
  ];
  return parts.length === 0 ? null : parts.join(", ");
}
