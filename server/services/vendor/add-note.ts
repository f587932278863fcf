import { z } from "zod";
import { institutionNotes } from "@/db/schema";
import { audit } from "@/server/audit";
import type { Actor } from "@/server/auth/actor";
import { asVendor } from "@/server/database";
import { findForStaff } from "./find-for-staff";

export const AddNote = z.object({
  institution: z.string().min(1).max(63),
  text: z.string().trim().min(1, "Write something").max(4_000),
});

/** Writes down something about an institution for one's colleagues. The institution sees that, never what. Throws NOT_FOUND. */
export async function addNote(actor: Actor, raw: z.input<typeof AddNote>): Promise<void> {
  const input = AddNote.parse(raw);
  await asVendor(async (tx) => {
    const institution = await findForStaff(tx, input.institution);
    await tx.insert(institutionNotes).values({ institutionId: institution.id, accountId: actor.accountId, text: input.text });
    await audit(
      tx,
      { kind: "staff", accountId: actor.accountId, institutionId: institution.id },
      { verb: "institution.note", subject: `institution ${institution.id}` },
    );
  });
}
