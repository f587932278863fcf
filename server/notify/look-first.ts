import { z } from "zod";
import type { Json } from "@/db/schema/json";
import type { NoticeKind } from "./render";

const Reasons = z.object({
  reasons: z.array(
    z.object({
      kind: z.string(),
      entity: z.string().nullish(),
      file: z.string().nullish(),
      count: z.number().nullish(),
      of: z.number().nullish(),
    }),
  ),
});
type Reason = z.infer<typeof Reasons>["reasons"][number];

const figures = new Intl.NumberFormat("en-US");
const figure = (n: number | null | undefined): string => figures.format(n ?? 0);

/** What deserves the first look, in sentences made here from numbers, so that no value of a roster slips into a mail. */
export function lookFirst(of: { kind: NoticeKind; verdict: Json | null; reason: string | null; errors: number }): string[] {
  switch (of.kind) {
    case "failed":
    case "expired":
      return of.reason === null ? [] : [sentence(of.reason)];
    case "held":
      return [...holdCauses(of.verdict), ...rejectedRows(of.errors)];
    case "ready":
      return rejectedRows(of.errors);
    case "committed":
      return [];
    default:
      return of.kind satisfies never;
  }
}

/** Why a plan is held, a sentence each, in numbers. */
export function holdCauses(verdict: Json | null): string[] {
  const parsed = Reasons.safeParse(verdict);
  return parsed.success ? parsed.data.reasons.map(causeOf) : [];
}

function causeOf(reason: Reason): string {
  const what = wordOf(reason.entity ?? "");
  switch (reason.kind) {
    case "archive":
      return `${figure(reason.count)} of ${figure(reason.of)} ${what} would be archived.`;
    case "edit":
      return `${figure(reason.count)} of ${figure(reason.of)} ${what} would be edited or re-keyed.`;
    case "empty":
      return `No ${what} would be left.`;
    case "errors":
      return `${figure(reason.count)} of ${figure(reason.of)} rows of ${reason.file ?? what} are in error.`;
    case "staleFile":
      return "The files are older than those of the last commit.";
    default:
      // A cause that this mail has no words for yet is named in full by the report.
      return "The report names the cause.";
  }
}

const WORDS: Readonly<Record<string, string>> = { orgs: "schools and organizations", academicSessions: "terms", users: "people" };
const wordOf = (entity: string): string => WORDS[entity] ?? (entity === "" ? "records" : entity);

const rejectedRows = (errors: number): string[] =>
  errors === 0
    ? []
    : [
        `${figure(errors)} ${errors === 1 ? "row of the files is in error and stays" : "rows of the files are in error and stay"} as before.`,
      ];

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
