import type { Role } from "@/server/auth/permissions";

/** What each role may do, in one line. */
export const ROLE_WORDS: Readonly<Record<Role, { name: string; may: string }>> = {
  owner: { name: "Owner", may: "everything, and who belongs here" },
  admin: { name: "Admin", may: "sends files, starts runs, reviews and commits" },
  reviewer: { name: "Reviewer", may: "reviews, commits and discards" },
  viewer: { name: "Viewer", may: "looks, and changes nothing" },
};

/** A role inside a sentence. */
export const ROLE_PHRASES: Readonly<Record<Role, string>> = {
  owner: "an owner",
  admin: "an admin",
  reviewer: "a reviewer",
  viewer: "a viewer",
};
