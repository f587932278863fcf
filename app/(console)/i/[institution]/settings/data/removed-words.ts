import { counted, size } from "@/app/_components/counting";

/** What went, or would go, in words: "12 deliveries with 60 files (3.1 MB), 214 findings of 3 runs". Null: nothing. */
export function removedWords(of: Readonly<Record<string, number | undefined>>): string | null {
  const { deliveries = 0, files = 0, bytes = 0, runs = 0, findings = 0, versions = 0, mails = 0, exports = 0 } = of;
  const parts = [
    ...(deliveries > 0 ? [`${counted(deliveries, "delivery", "deliveries")} with ${counted(files, "file")} (${size(bytes)})`] : []),
    ...(runs > 0 ? [`${counted(findings, "finding")} of ${counted(runs, "run")}`] : []),
    ...(versions > 0 ? [counted(versions, "earlier version")] : []),
    ...(mails > 0 ? [counted(mails, "mail")] : []),
    ...(exports > 0 ? [counted(exports, "export")] : []),
  ];
  return parts.length === 0 ? null : parts.join(", ");
}
