import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { audit } from "@/server/audit";
import { asVendor } from "@/server/database";
import { AppError } from "@/server/errors";
import { loadRenderer } from "@/server/notify/render";
import { foundInstitution } from "../institutions/create";
import { emailFrom } from "../sign-in/email";
import { countInvitation } from "../sign-in/limits";
import { sendInvitation } from "./send";

export const InviteInstitution = z.object({
  name: z.string().trim().min(1).max(200),
  /** Its word in addresses; made of the name where none is given. */
  slug: z.string().max(63).optional(),
  timeZone: z.string().max(100),
  ownerEmail: z.string().max(1_000),
});

export const InviteOwner = z.object({ institution: z.string().max(63), ownerEmail: z.string().max(1_000) });

interface Inviter {
  readonly accountId: number;
}

/**
 * Founds an institution that is nobody's yet, and asks somebody by mail to be its first owner; they are it when they accept.
 * For staff whose role creates institutions. Throws INVALID, CONFLICT for a word that is taken, TOO_MANY.
 */
export async function inviteInstitution(staff: Inviter, input: z.input<typeof InviteInstitution>) {
  const { name, slug, timeZone, ownerEmail } = InviteInstitution.parse(input);
  const email = emailFrom(ownerEmail);
  await countInvitation(email, null);
  await loadRenderer();
  return asVendor(async (tx) => {
    const founder = { kind: "staff", accountId: staff.accountId } as const;
    const made = await foundInstitution(tx, founder, { slug: slug ?? (await freeSlug(tx, name)), name, timeZone });
    const { expiresAt } = await sendInvitation(tx, {
      institutionId: made.id,
      institution: name,
      kind: "institution",
      email,
      role: "owner",
      invitedBy: staff.accountId,
    });
    return { id: made.id, slug: made.slug, name, email, expiresAt };
  });
}

/** Asks again, or somebody else, while an institution has no owner. Throws NOT_FOUND, CONFLICT when it has one, INVALID, TOO_MANY. */
export async function inviteOwner(staff: Inviter, input: z.input<typeof InviteOwner>) {
  const { institution: slug, ownerEmail } = InviteOwner.parse(input);
  const email = emailFrom(ownerEmail);
  const [institution] = await asVendor((tx) =>
    tx.execute<{ id: number; name: string; hasOwner: boolean }>(sql`
      select i.id, i.name,
        exists (select from members m where m.institution_id = i.id and m.role = 'owner' and m.removed_at is null) as "hasOwner"
      from institutions i where i.slug = ${slug} and i.disabled_at is null`),
  );
  if (institution === undefined) throw new AppError("NOT_FOUND", "There is no such institution");
  if (institution.hasOwner) throw new AppError("CONFLICT", "This institution has an owner, who invites its people");
  await countInvitation(email, null);
  await loadRenderer();
  return asVendor(async (tx) => {
    // An institution has one open invitation to be its first owner: whoever was asked before is asked no more.
    await tx.execute(sql`
      update invitations set revoked_at = now()
      where institution_id = ${institution.id} and kind = 'institution' and used_at is null and revoked_at is null`);
    const { id, expiresAt } = await sendInvitation(tx, {
      institutionId: institution.id,
      institution: institution.name,
      kind: "institution",
      email,
      role: "owner",
      invitedBy: staff.accountId,
    });
    const actor = { kind: "staff", accountId: staff.accountId, institutionId: institution.id } as const;
    await audit(tx, actor, { verb: "invitation.create", subject: `invitation ${id}`, detail: { role: "owner" } });
    return { slug, email, expiresAt };
  });
}

const SLUG_LENGTH_MAX = 55;

/** The name in small letters, digits and hyphens, with a number where that word is taken. */
async function freeSlug(tx: Transaction, name: string): Promise<string> {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const word =
    plain
      .replace(/[^a-z0-9]+/g, "-")
      .slice(0, SLUG_LENGTH_MAX)
      .replace(/^-+|-+$/g, "") || "institution";
  const taken = await tx.execute<{ slug: string }>(sql`select slug from institutions where slug = ${word} or slug ~ ${`^${word}-[0-9]+$`}`);
  const known = new Set(taken.map(({ slug }) => slug));
  for (let number = 1; ; number++) {
    const slug = number === 1 ? word : `${word}-${number}`;
    if (!known.has(slug)) return slug;
  }
}
