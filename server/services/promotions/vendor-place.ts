import { and, eq, isNull } from "drizzle-orm";
import { institutions } from "@/db/schema";
import { asVendor } from "@/server/database";
import { AppError } from "@/server/errors";

/** An institution as staff names it in addresses. Throws NOT_FOUND. */
export async function institutionOf(slug: string): Promise<{ id: number; slug: string; name: string; timeZone: string }> {
  const [found] = await asVendor((tx) =>
    tx
      .select({ id: institutions.id, slug: institutions.slug, name: institutions.name, timeZone: institutions.timeZone })
      .from(institutions)
      .where(and(eq(institutions.slug, slug), isNull(institutions.disabledAt))),
  );
  if (found === undefined) throw new AppError("NOT_FOUND", "There is no such promotion");
  return found;
}
