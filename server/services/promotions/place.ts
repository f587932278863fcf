import { and, desc, eq, inArray } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { environments, promotions } from "@/db/schema";
import { AppError } from "@/server/errors";
import { OPEN_PROMOTION_STATES } from "@/server/roster/promotion";

export type PromotionRow = typeof promotions.$inferSelect;
export type EnvironmentRow = typeof environments.$inferSelect;

/** The promotion that may still go on, if any, locked until the transaction ends. */
export async function openPromotion(tx: Transaction, institutionId: number): Promise<PromotionRow | null> {
  const [found] = await tx
    .select()
    .from(promotions)
    .where(and(eq(promotions.institutionId, institutionId), inArray(promotions.state, [...OPEN_PROMOTION_STATES])))
    .for("update");
  return found ?? null;
}

/** One by the number that people see, locked. Throws NOT_FOUND. */
export async function findPromotion(tx: Transaction, institutionId: number, number: number): Promise<PromotionRow> {
  const [found] = await tx
    .select()
    .from(promotions)
    .where(and(eq(promotions.institutionId, institutionId), eq(promotions.number, number)))
    .for("update");
  if (found === undefined) throw new AppError("NOT_FOUND", "There is no such promotion");
  return found;
}

/** The promotion that the institution's page shows: the one that goes on, else the newest. */
export async function shownPromotion(tx: Transaction, institutionId: number): Promise<PromotionRow | null> {
  const [found] = await tx
    .select()
    .from(promotions)
    .where(eq(promotions.institutionId, institutionId))
    .orderBy(desc(promotions.number))
    .limit(1);
  return found ?? null;
}

/** Both environments; `lock` holds Preview's row, so that no commit moves it before the transaction ends. */
export async function bothEnvironments(
  tx: Transaction,
  institutionId: number,
  how: { lock: boolean } = { lock: false },
): Promise<{ preview: EnvironmentRow; production: EnvironmentRow }> {
  const of = (name: "preview" | "production") =>
    tx
      .select()
      .from(environments)
      .where(and(eq(environments.institutionId, institutionId), eq(environments.name, name)));
  const [preview] = how.lock ? await of("preview").for("update") : await of("preview");
  const [production] = await of("production");
  if (preview === undefined || production === undefined) throw new Error("An institution without its environments");
  return { preview, production };
}
