import { z } from "zod";
import type { Action } from "@/server/roster/change";
import { ENTITIES } from "@/server/roster/entities";
import type { Trigger } from "@/server/roster/run";
import { type Labels, nameIn } from "@/server/services/roster/labels";
import { dayOf, rowsOf, todayIn, wordOf, wordsOf } from "@/server/services/runs/words";
import type { PlannedRow } from "./page";

export type Reason = "listed" | "absent" | "explicit" | "returned" | "rekeyed";

/** Why a change is in the plan, as a word; a stored one wins, since the engine knows more than the row says. */
export function reasonOf(row: Pick<PlannedRow, "action" | "line">, stored: string | null): Reason {
  if (stored === "listed" || stored === "absent" || stored === "explicit" || stored === "returned" || stored === "rekeyed") return stored;
  const own: Record<Action, Reason> = {
    archive: row.line < 0 ? "absent" : "explicit",
    add: "listed",
    edit: "listed",
    reactivate: "returned",
    rekey: "rekeyed",
  };
  return own[row.action];
}

/** The same as a few words beside the change. */
export function whyText(of: {
  row: Pick<PlannedRow, "action">;
  reason: Reason;
  file: string | null;
  environment: string;
  trigger: Trigger;
}): string {
  if (of.trigger === "undo") return "as it was before the commit that this undoes";
  if (of.trigger === "promotion") return "as in the snapshot of Preview";
  const file = of.file ?? "the file";
  switch (of.reason) {
    case "absent":
      return `not in ${file}`;
    case "explicit":
      return `listed as to be deleted in ${file}`;
    case "returned":
      return `the same source key returned in ${file}`;
    case "rekeyed":
      return "the same record under a new source key";
    case "listed":
      return of.row.action === "add" ? `not in ${of.environment}` : "matched by source key";
    default:
      return of.reason satisfies never;
  }
}

const Detail = z
  .object({
    entity: z.enum(ENTITIES).optional(),
    sourceKey: z.string().optional(),
    count: z.number().optional(),
    run: z.number().optional(),
    accountId: z.number().nullish(),
    at: z.string().nullish(),
  })
  .loose();

/** What a change that is off waits for, or who left it out: parsed from the row of `left_out`. */
export const parseOffDetail = (detail: unknown): z.infer<typeof Detail> => Detail.parse(detail ?? {});

/** Says why a change is off. `who` left it out, in this plan or in the one before; then with the day, as the institution's clocks say it. */
export function causeText(off: NonNullable<PlannedRow["off"]>, by: { who: string | null; timeZone: string }, labels: Labels): string {
  const { who, timeZone } = by;
  const detail = parseOffDetail(off.detail);
  switch (off.cause) {
    case "person":
      return who === null ? "left out" : `left out by ${who}`;
    case "before":
      return `refused${who === null ? " before" : ` by ${who}`}${onDay(detail.at, timeZone)} and came back the same`;
    case "named": {
      const by = detail.entity === undefined ? "others" : wordsOf(detail.entity);
      return detail.count === undefined
        ? `still named by ${by}`
        : `still named by ${rowsOf(detail.count)} ${detail.count === 1 && detail.entity ? wordOf(detail.entity) : by}`;
    }
    default: {
      if (detail.entity === undefined || detail.sourceKey === undefined) return "cannot stand without a change that is left out";
      if (detail.count !== undefined) {
        const words = detail.count === 1 ? wordOf(detail.entity) : wordsOf(detail.entity);
        return `still named by ${rowsOf(detail.count)} ${words} that stay${detail.count === 1 ? "s" : ""}`;
      }
      return `waits for the ${wordOf(detail.entity)} ${nameIn(labels, detail.entity, detail.sourceKey)}, which is left out`;
    }
  }
}

const onDay = (at: string | null | undefined, timeZone: string): string =>
  at ? ` on ${dayOf(todayIn(timeZone, new Date(at)), todayIn(timeZone, new Date()))}` : "";
