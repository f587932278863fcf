import { timingSafeEqual } from "node:crypto";
import { env } from "@/server/env";
import { digestOf } from "@/server/secrets";
import { type NotificationKind, notificationKinds } from "./kinds";

/** What a link in a mail's footer may end: one kind of mail, of one institution, for one person. */
export interface Unsubscribing {
  readonly institutionId: number;
  readonly accountId: number;
  readonly kind: NotificationKind;
}

/** The link. It is signed, needs no sign-in, and does nothing until its button is pressed: scanners open links too (T25). */
export function unsubscribeUrl({ institutionId, accountId, kind }: Unsubscribing): string {
  const claim = `${institutionId}.${accountId}.${kind}`;
  return new URL(`/unsubscribe/${claim}.${digestOf("unsubscribe", claim)}`, env.ROLLCALL_URL).toString();
}

/** What a link's token says, or null for one that we did not sign. */
export function readUnsubscribe(token: string): Unsubscribing | null {
  const parts = /^(?<institution>[1-9]\d{0,9})\.(?<account>[1-9]\d{0,9})\.(?<kind>[a-zA-Z]{1,30})\.(?<signature>[\w-]{43})$/.exec(
    token,
  )?.groups;
  const kind = notificationKinds().find((known) => known === parts?.kind);
  if (parts === undefined || kind === undefined) return null;
  const signed = Buffer.from(digestOf("unsubscribe", `${parts.institution}.${parts.account}.${kind}`));
  const given = Buffer.from(parts.signature ?? "");
  if (signed.length !== given.length || !timingSafeEqual(signed, given)) return null;
  return { institutionId: Number(parts.institution), accountId: Number(parts.account), kind };
}
