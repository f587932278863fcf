import { asVendor } from "@/server/database";
import { type Blocked, blockedBy } from "./blocked";
import { type Standing, standings } from "./standing";

/** An institution as the staff's lists show it. */
export type InstitutionLine = Omit<Standing, "id" | "request" | "held" | "failing"> & { readonly blocked: Blocked | null };

/** Every institution with its stage, its last run and what blocks it, for the vendor's staff: no roster, no names of its people. */
export async function listInstitutions(): Promise<InstitutionLine[]> {
  const now = new Date();
  return (await asVendor((tx) => standings(tx))).map((standing) => lineOf(standing, now));
}

export function lineOf(standing: Standing, now: Date): InstitutionLine {
  const { id: _id, request: _request, held: _held, failing: _failing, ...line } = standing;
  return { ...line, blocked: blockedBy(standing, now) };
}
