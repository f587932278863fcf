import type { Outputs } from "@/app/_trpc/outputs";
import type { OpKind } from "./op";
import { ENTITY_WORDS } from "./words";

type Promotion = NonNullable<Outputs["promotions"]["get"]["promotion"]>;
type State = Promotion["state"];
export type PromotionLine = NonNullable<Promotion["difference"]>[number];

/** What a kind of record is called in the difference. */
export function lineWord({ entity, part }: Pick<PromotionLine, "entity" | "part">): string {
  if (entity === "orgs") return part === "schools" ? "Schools" : "Other organizations";
  if (entity === "users") return part === "students" ? "Students" : part === "teachers" ? "Teachers" : "Other people";
  return ENTITY_WORDS[entity].title;
}

/** How a promotion stands, in a word. */
export const STATE_WORDS: Readonly<Record<State, string>> = {
  draft: "Not sent yet",
  confirmed: "Confirmed, not sent yet",
  requested: "Waiting for the vendor",
  changesAsked: "Changes asked",
  approved: "Approved",
  rejected: "Rejected",
  applying: "Going live",
  live: "Live, not yet confirmed",
  confirmedLive: "Live",
  rolledBack: "Rolled back",
  superseded: "Superseded",
  expired: "Expired",
};

/** What a move did, after the name of who made it. */
export function moveWord(state: string, round: number): string {
  switch (state) {
    case "draft":
      return "took it back";
    case "confirmed":
      return `confirmed round ${round}`;
    case "requested":
      return `asked for Production, round ${round}`;
    case "changesAsked":
      return "asked for changes";
    case "approved":
      return "approved";
    case "rejected":
      return "rejected it";
    case "applying":
      return "began to bring it to Production";
    case "live":
      return "brought it to Production";
    case "confirmedLive":
      return "confirmed that Production is right";
    case "rolledBack":
      return "rolled Production back";
    case "superseded":
      return "ended it: Preview moved";
    case "expired":
      return "ended it: nobody decided in time";
    default:
      return state;
  }
}

export const moveMark = (state: string | null): OpKind | null => {
  switch (state) {
    case "changesAsked":
    case "rejected":
    case "superseded":
    case "expired":
    case "rolledBack":
      return "warning";
    case "approved":
    case "live":
    case "confirmedLive":
      return "ok";
    default:
      return null;
  }
};

/** The letters of a digest that people compare: `7b3e·91d0·4c12`. */
export const shortDigest = (digest: string): string => [0, 4, 8].map((at) => digest.slice(at, at + 4)).join("·");

/** Sums of a difference over every kind of record. */
export const sumsOf = (difference: readonly PromotionLine[]) => {
  const sum = (field: "preview" | "production" | "archive" | "add" | "edit" | "reactivate" | "along"): number =>
    difference.reduce((total, line) => total + line[field], 0);
  return {
    preview: sum("preview"),
    production: sum("production"),
    archive: sum("archive"),
    add: sum("add"),
    edit: sum("edit"),
    reactivate: sum("reactivate"),
    along: sum("along"),
  };
};
