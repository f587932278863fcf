import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { environmentLeases, environments, institutions, members } from "@/db/schema";
import { audit } from "@/server/audit";
import { asVendor } from "@/server/database";
import { AppError } from "@/server/errors";
import type { ENVIRONMENTS } from "@/server/roster/run";
import { accountFor } from "../members/account";

/** Small environments share these many partitions of every roster table. */
const SHARED_BUCKETS = 8;

const Institution = z.object({
  slug: z
    .string()
    .regex(
      /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
      "A slug is small letters, digits and hyphens, at most 63, with no hyphen at either end",
    ),
  name: z.string().trim().min(1).max(200),
  timeZone: z.string().refine(isTimeZone, "There is no such time zone"),
  helpContact: z.string().trim().min(1).max(200).optional(),
});
const Input = Institution.extend({
  ownerEmail: z.string(),
  ownerName: z.string().trim().min(1).max(200).optional(),
});
export type NewInstitution = z.input<typeof Input>;

/** Who makes an institution: staff of the vendor, somebody with a shell, or its own first owner (`createInstitution` with "owner"). */
export interface Founder {
  readonly kind: "staff" | "command" | "member";
  readonly accountId: number | null;
}

/**
 * Makes an institution with its two environments, each with its lease and its bucket, and its first owner, whose account is
 * made unless it exists. Throws INVALID, and CONFLICT when the slug is taken.
 */
export async function createInstitution(founder: Founder | "owner", input: NewInstitution) {
  const { ownerEmail, ownerName, ...institution } = parsed(Input, input);
  return asVendor(async (tx) => {
    const owner = await accountFor(tx, { email: ownerEmail, name: ownerName });
    const made = await foundInstitution(tx, founder === "owner" ? { kind: "member", accountId: owner.id } : founder, institution);
    await tx.insert(members).values({ institutionId: made.id, accountId: owner.id, role: "owner" });
    return { ...made, owner };
  });
}

/** The same without an owner: nobody's, until somebody who was invited accepts. */
export async function foundInstitution(tx: Transaction, founder: Founder, input: z.input<typeof Institution>) {
  const { slug, name, timeZone, helpContact } = parsed(Institution, input);
  const [made] = await tx
    .insert(institutions)
    .values({ slug, name, timeZone, helpContact })
    .onConflictDoNothing({ target: institutions.slug })
    .returning({ id: institutions.id });
  if (made === undefined) throw new AppError("CONFLICT", `There already is an institution "${slug}"`, { data: { slug } });
  const [preview, production] = [await addEnvironment(tx, made.id, "preview"), await addEnvironment(tx, made.id, "production")];
  await audit(tx, { ...founder, institutionId: made.id }, { verb: "institution.create", subject: `institution ${made.id}` });
  return { id: made.id, slug, name, timeZone, environments: { preview, production } };
}

function parsed<T>(shape: z.ZodType<T>, input: unknown): T {
  const result = shape.safeParse(input);
  if (result.success) return result.data;
  throw new AppError("INVALID", result.error.issues[0]?.message ?? "This institution cannot be made", {
    data: { fields: result.error.issues.map((issue) => ({ path: issue.path.map(String), message: issue.message })) },
  });
}

async function addEnvironment(tx: Transaction, institutionId: number, name: (typeof ENVIRONMENTS)[number]) {
  const [made] = await tx.insert(environments).values({ institutionId, name, bucket: 1 }).returning({ id: environments.id });
  if (made === undefined) throw new Error("An environment was not made");
  const bucket = 1 + (made.id % SHARED_BUCKETS);
  await tx.update(environments).set({ bucket }).where(eq(environments.id, made.id));
  await tx.insert(environmentLeases).values({ environmentId: made.id, institutionId });
  return { id: made.id, bucket };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
