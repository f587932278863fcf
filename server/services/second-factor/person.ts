import type { Actor } from "@/server/auth/actor";
import type { StaffRole } from "@/server/auth/permissions";

/** Somebody of the vendor who signed in by mail, whether or not they went further. */
export type StaffPerson = Actor & { readonly staffRole: StaffRole };

/** The browser that asks, where its cookie goes, and what time it is. */
export interface StaffBrowser {
  readonly headers: Headers;
  readonly answer: Headers;
  readonly now: Date;
}
