import { and, eq, isNotNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { feedFields } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { openText } from "@/server/secrets";
import type { CheckLine, Source } from "@/server/sources/source";
import { OfFeed, sourceOfFeed } from "./get";
import { purposeOf, writeFields } from "./write-fields";

export const OfSecret = OfFeed.extend({ field: z.string().min(1).max(50) });
export const ReplaceSecret = OfSecret.extend({ value: z.string().trim().min(1, "Type the new one").max(2_000) });

/** What a test said; `ok`: nothing of it failed. */
export interface SecretTest {
  readonly ok: boolean;
  readonly lines: readonly CheckLine[];
}

/** The part of a source that a change of its secrets needs. */
type Connecting = Pick<Source, "fields" | "checkConnection">;

/**
 * Tests a new secret with all else that is kept, and puts it in the old one's place only if nothing failed; the old one stays sealed
 * until the new one has worked. Throws INVALID for a field that is no secret, NOT_FOUND.
 */
export async function replaceSecret(actor: TenantActor, raw: z.input<typeof ReplaceSecret>): Promise<SecretTest> {
  authorize(actor, "feed:manage");
  const input = ReplaceSecret.parse(raw);
  return swapSecret(actor, await sourceFor(actor, input.feed), input);
}

/** The same for a source at hand. */
export async function swapSecret(actor: TenantActor, source: Connecting, of: z.infer<typeof ReplaceSecret>): Promise<SecretTest> {
  refuseUnlessSecret(source, of.field);
  const kept = await asTenant(actor.institutionId, (tx) => openKept(tx, actor, of.feed));
  const tested = await test(source, { ...kept, [of.field]: of.value });
  if (!tested.ok) return tested;
  await asTenant(actor.institutionId, (tx) =>
    writeFields(tx, actor, { feedId: of.feed, fields: source.fields, values: { [of.field]: of.value } }),
  );
  return tested;
}

/** Tests what is kept. Where nothing fails, each secret has worked, and those before them are destroyed. Throws INVALID where there is none. */
export async function testSecrets(actor: TenantActor, raw: z.input<typeof OfFeed>): Promise<SecretTest> {
  authorize(actor, "feed:manage");
  const { feed } = OfFeed.parse(raw);
  return tryKept(actor, await sourceFor(actor, feed), feed);
}

/** The same for a source at hand. */
export async function tryKept(actor: TenantActor, source: Connecting, feed: number): Promise<SecretTest> {
  if (!source.fields.some(({ kind }) => kind === "secret")) throw new AppError("INVALID", "This kind of feed needs no secret");
  const tested = await test(source, await asTenant(actor.institutionId, (tx) => openKept(tx, actor, feed)));
  await asTenant(actor.institutionId, async (tx) => {
    if (tested.ok) {
      await tx
        .update(feedFields)
        .set({ workedAt: sql`now()`, previousSealed: null })
        .where(and(eq(feedFields.institutionId, actor.institutionId), eq(feedFields.feedId, feed), isNotNull(feedFields.sealed)));
    }
    await audit(tx, actor, { verb: "feed.testSecrets", subject: `feed ${feed}`, detail: { ok: tested.ok } });
  });
  return tested;
}

/** Puts the secret before this one back, where it was not destroyed yet. Throws INVALID where there is none, NOT_FOUND. */
export async function putSecretBack(actor: TenantActor, raw: z.input<typeof OfSecret>): Promise<void> {
  authorize(actor, "feed:manage");
  const { feed, field } = OfSecret.parse(raw);
  refuseUnlessSecret(await sourceFor(actor, feed), field);
  await changed(actor, { feed, field, verb: "feed.putSecretBack" }, (tx, where) =>
    tx
      .update(feedFields)
      .set({
        sealed: sql`${feedFields.previousSealed}`,
        previousSealed: null,
        fingerprint: null,
        updatedAt: sql`now()`,
        updatedBy: actor.accountId,
      })
      .where(and(where, isNotNull(feedFields.previousSealed)))
      .returning({ field: feedFields.field }),
  );
}

/** Destroys a secret, and the one before it. Throws INVALID where none is kept, NOT_FOUND. */
export async function removeSecret(actor: TenantActor, raw: z.input<typeof OfSecret>): Promise<void> {
  authorize(actor, "feed:manage");
  const { feed, field } = OfSecret.parse(raw);
  refuseUnlessSecret(await sourceFor(actor, feed), field);
  await changed(actor, { feed, field, verb: "feed.removeSecret" }, (tx, where) =>
    tx
      .delete(feedFields)
      .where(and(where, isNotNull(feedFields.sealed)))
      .returning({ field: feedFields.field }),
  );
}

const sourceFor = (actor: TenantActor, feed: number): Promise<Source> =>
  asTenant(actor.institutionId, (tx) => sourceOfFeed(tx, { institutionId: actor.institutionId, feed }));

function refuseUnlessSecret(source: Connecting, field: string): void {
  if (source.fields.some((one) => one.key === field && one.kind === "secret")) return;
  throw new AppError("INVALID", "There is no such secret here", { data: { field } });
}

async function test(source: Connecting, values: Readonly<Record<string, string>>): Promise<SecretTest> {
  if (source.checkConnection === undefined) throw new Error("A source with a secret that cannot be tested");
  const lines = await source.checkConnection(values);
  return { ok: lines.every(({ outcome }) => outcome !== "fail"), lines };
}

/** All that is kept of a feed's fields, opened, for a test alone. */
async function openKept(tx: Transaction, actor: TenantActor, feedId: number): Promise<Record<string, string>> {
  const { institutionId } = actor;
  const rows = await tx
    .select({ field: feedFields.field, value: feedFields.value, sealed: feedFields.sealed })
    .from(feedFields)
    .where(and(eq(feedFields.institutionId, institutionId), eq(feedFields.feedId, feedId)));
  return Object.fromEntries(
    rows.map(({ field, value, sealed }) => [
      field,
      sealed === null ? (value ?? "") : openText(purposeOf({ institutionId, feedId, field }), sealed),
    ]),
  );
}

async function changed(
  actor: TenantActor,
  of: { feed: number; field: string; verb: string },
  change: (tx: Transaction, where: ReturnType<typeof and>) => Promise<{ field: string }[]>,
): Promise<void> {
  await asTenant(actor.institutionId, async (tx) => {
    const where = and(eq(feedFields.institutionId, actor.institutionId), eq(feedFields.feedId, of.feed), eq(feedFields.field, of.field));
    if ((await change(tx, where)).length === 0)
      throw new AppError("INVALID", "There is nothing kept to change", { data: { field: of.field } });
    await audit(tx, actor, { verb: of.verb, subject: `feed ${of.feed}`, detail: { field: of.field } });
  });
}
