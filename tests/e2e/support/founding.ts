import { randomBytes } from "node:crypto";
import { createInstitution } from "@/server/services/institutions/create";

/** An institution in which nothing was done yet; its slug. */
export async function foundAlone(): Promise<string> {
  const slug = `e2e-${randomBytes(5).toString("hex")}`;
  await createInstitution(
    { kind: "command", accountId: null },
    { slug, name: "Harlow Valley Unified", timeZone: "America/Chicago", ownerEmail: `owner@${slug}.example`, ownerName: "Alex Whitfield" },
  );
  return slug;
}
