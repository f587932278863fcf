import { AppError } from "@/server/errors";

const LENGTH_MAX = 254;
const LOCAL_MAX = 64;
/** A plain address: one `@`, no quotes, comments, lists or literals, a host of plain labels. */
const PLAIN =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The one spelling under which an address is kept and written to, or null. What is refused here are the spellings that two
 * programs could read as two addresses (T26): anything that is not ASCII as typed, or would become something else when
 * normalised, is refused before the shape is looked at.
 */
function plainEmail(typed: string): string | null {
  const trimmed = typed.replace(/^ +| +$/g, "");
  if (trimmed.length > LENGTH_MAX || !/^[\x21-\x7e]+$/.test(trimmed) || trimmed.normalize("NFKC") !== trimmed) return null;
  const email = trimmed.toLowerCase();
  if (!PLAIN.test(email) || email.indexOf("@") > LOCAL_MAX) return null;
  return email;
}

/** The same, throwing INVALID in words for the person who typed it. */
export function emailFrom(typed: string): string {
  const email = plainEmail(typed);
  if (email === null) throw new AppError("INVALID", "This is not an e-mail address that we can write to", { data: { field: "email" } });
  return email;
}
