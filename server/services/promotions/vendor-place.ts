import { and, eq, isNull } from "drizzle-orm";
import { institutions, promotions } from "@/db/schema";
import { asVendor } from "@/server/database";
import { AppError } from "@/server/errors";

/** A promotion as staff names it in addresses: which one, of whom. */
interface VendorPlace {
  readonly institutionId: number;
  readonly number: number;
  readonly institution: { readonly slug: string; readonly name: string; readonly timeZone: string };
}

/** Throws NOT_FOUND. */
export async function placeOf(id: string): Promise<VendorPlace> {
  const [found] = await asVendor((tx) =>
    tx
      .select({
        institutionId: institutions.id,
        number: promotions.number,
        institution: { slug: institutions.slug, name: institutions.name, timeZone: institutions.timeZone },
      })
      .from(promotions)
      .innerJoin(institutions, eq(institutions.id, promotions.institutionId))
      .where(and(eq(promotions.id, id), isNull(institutions.disabledAt))),
  );
  if (found === undefined) throw new AppError("NOT_FOUND", "There is no such promotion");
  return found;
}
