import { and, eq, isNull } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { institutions } from "@/db/schema";
import { AppError } from "@/server/errors";

/** The institution of a slug, as staff may see it; `lock` holds its row, so that two people of the staff come one after the other. Throws NOT_FOUND. */
export async function findForStaff(
  tx: Transaction,
  slug: string,
  how: { lock?: true } = {},
): Promise<{ id: number; slug: string; name: string }> {
  const query = tx
    .select({ id: institutions.id, slug: institutions.slug, name: institutions.name })
    .from(institutions)
    .where(and(eq(institutions.slug, slug), isNull(institutions.disabledAt)));
  const [found] = await (how.lock === true ? query.for("update") : query);
  if (found === undefined) throw new AppError("NOT_FOUND", "There is no such institution");
  return found;
}
