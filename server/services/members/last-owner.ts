import { isBroken } from "@/server/broken-rule";
import { AppError } from "@/server/errors";

/** Says in words what the database refuses: the last owner can neither leave nor be made something less. */
export async function keepingAnOwner<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isBroken("members_last_owner", cause)) throw cause;
    throw new AppError("CONFLICT", "This is the last owner. Make somebody else an owner first.", { cause });
  }
}
