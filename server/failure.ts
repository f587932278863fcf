/**
 * What a log may keep of a failure: names, codes and places in the code, cause by cause. Messages are left out unless they
 * are ours, since those of a database or a parser quote the values that they choked on (T19).
 */
export function failureOf(error: unknown): { readonly chain: readonly string[]; readonly at: readonly string[] } {
  const chain: string[] = [];
  let at: readonly string[] = [];
  for (let cause = error; cause instanceof Error && chain.length < 6; cause = cause.cause) {
    const code = "code" in cause && typeof cause.code === "string" ? ` ${cause.code}` : "";
    const words = "internal" in cause && typeof cause.internal === "string" ? `: ${cause.internal}` : "";
    chain.push(`${cause.name}${code}${words}`);
    at = places(cause);
  }
  return { chain: chain.length > 0 ? chain : [typeof error], at };
}

const places = (error: Error): readonly string[] =>
  (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim());
