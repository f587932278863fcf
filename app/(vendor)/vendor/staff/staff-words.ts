import type { StaffRole } from "@/server/auth/permissions";

/** What each role of the staff may do, in one line. */
export const STAFF_WORDS: Readonly<Record<StaffRole, { name: string; may: string }>> = {
  admin: { name: "Admin", may: "everything, and who is staff" },
  approver: { name: "Approver", may: "decides what goes to Production" },
  support: { name: "Support", may: "looks, notes and takes care" },
};
