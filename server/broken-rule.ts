/** Whether a failure, or what it was caused by, is the database's refusal by this rule (the name of its constraint). */
export function isBroken(rule: string, cause: unknown): boolean {
  for (let at = cause; at instanceof Error; at = at.cause) {
    if ("constraint_name" in at && at.constraint_name === rule) return true;
  }
  return false;
}
