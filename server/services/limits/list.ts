import { asc, eq, isNull } from "drizzle-orm";
import { institutionLimits, institutions } from "@/db/schema";
import { asVendor } from "@/server/database";
import { type LimitKey, limitKeys } from "./table";

/** The institutions for which staff set a limit of their own, by name; null where everybody's holds. */
export async function listLimits(): Promise<{ slug: string; name: string; limits: Record<LimitKey, number | null> }[]> {
  const rows = await asVendor((tx) =>
    tx
      .select({ slug: institutions.slug, name: institutions.name, limits: institutionLimits })
      .from(institutionLimits)
      .innerJoin(institutions, eq(institutions.id, institutionLimits.institutionId))
      .where(isNull(institutions.disabledAt))
      .orderBy(asc(institutions.name)),
  );
  return rows.filter(({ limits }) => limitKeys().some((key) => limits[key] !== null));
}
