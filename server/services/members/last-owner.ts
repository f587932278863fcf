import { AppError } from "@/server/errors";

/** Says in words what the database refuses: the last owner can neither leave nor be made something less. */
export async function keepingAnOwner<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!breaks(cause, "members_last_owner")) throw cause;
    throw new AppError("CONFLICT", "This is the last owner. Make somebody else an owner first.", { cause });
  }
}

/** Whether a failure, or what it was caused by, is this rule of the database. */
export function breaks(cause: unknown, rule: string): boolean {
  for (let at = cause; at instanceof Error; at = at.cause) {
    if ("constraint_name" in at && at.constraint_name === rule) return true;
  }
  return false;
}
