import { and, asc, gt, isNull } from "drizzle-orm";
import { institutions } from "@/db/schema";
import { asEngine, asVendor } from "@/server/database";
import { emit } from "./events";

/** Institutions that one step asks for. */
const AT_ONCE = 200;

/** Emits an event for each of the next institutions after this one. Resolves to the last of them; null: there are no more. */
export async function askEachAfter(after: number, name: "retention/due" | "audit/anchor"): Promise<{ last: number | null }> {
  const found = await asVendor((tx) =>
    tx
      .select({ id: institutions.id })
      .from(institutions)
      .where(and(gt(institutions.id, after), isNull(institutions.disabledAt)))
      .orderBy(asc(institutions.id))
      .limit(AT_ONCE),
  );
  for (const { id } of found) await asEngine(id, (tx) => emit(tx, { name, data: { institutionId: id } }));
  return { last: found.at(-1)?.id ?? null };
}
