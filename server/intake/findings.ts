import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { deliveries } from "@/db/schema";
import type { Json } from "@/db/schema/json";
import { ENTITIES } from "@/server/roster/entities";
import type { Issue } from "@/server/roster/issue";
import { type IssueCode, isIssueCode } from "@/server/roster/issue-codes";
import { fileIssue } from "@/server/sources/lib/refused";
import type { KeptFile } from "./unpack";

/**
 * What intake found in a delivery: refusals and repairs of a package, and how many passwords were emptied. The readers see only
 * what was kept, so a run reports these beside their own. Empty where the institution has no such delivery.
 */
export async function deliveryFindings(tx: Transaction, delivery: { institutionId: number; deliveryId: string }): Promise<Issue[]> {
  const [found] = await tx
    .select({ issues: deliveries.issues })
    .from(deliveries)
    .where(and(eq(deliveries.institutionId, delivery.institutionId), eq(deliveries.id, delivery.deliveryId)));
  return found === undefined ? [] : Findings.parse(found.issues).map(withoutUndefined);
}

/** Findings as they are stored with a delivery. */
export const storedFindings = (issues: readonly Issue[]): Json => issues.map((issue) => ({ ...issue }));

/** One warning per file and password column. */
export function passwordFindings(files: readonly Pick<KeptFile, "name" | "emptied">[]): Issue[] {
  return files.flatMap(({ name, emptied }) =>
    Object.entries(emptied)
      .filter(([, { as }]) => as === "password")
      .map(([column, { cells }]) =>
        fileIssue("PASSWORD_IGNORED", name, {
          column,
          count: cells,
          detail: `${cells === 1 ? "One row has" : `${cells} rows have`} a password; it was emptied before the file was kept.`,
        }),
      ),
  );
}

const Findings = z.array(
  z.object({
    severity: z.enum(["refusal", "error", "warning"]),
    code: z.custom<IssueCode>((code) => typeof code === "string" && isIssueCode(code)),
    entity: z.enum(ENTITIES).nullable(),
    sourceKey: z.string().nullable(),
    at: z.string(),
    column: z.string().optional(),
    seen: z.string().optional(),
    detail: z.string(),
    count: z.number().optional(),
  }),
);

function withoutUndefined({ column, seen, count, ...issue }: z.infer<typeof Findings>[number]): Issue {
  return {
    ...issue,
    ...(column === undefined ? {} : { column }),
    ...(seen === undefined ? {} : { seen }),
    ...(count === undefined ? {} : { count }),
  };
}
