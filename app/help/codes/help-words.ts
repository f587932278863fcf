import { TRPCError } from "@trpc/server";
import { api } from "@/app/_trpc/server";
import { type LabelWords, wordsOf } from "@/server/roster/labels";

export interface HelpSearch {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** In whose words help is read: those of the institution that the link came from, for its own people; else the usual ones. */
export async function helpWords(search: HelpSearch["searchParams"]): Promise<{ of: string | null; words: LabelWords }> {
  const { of } = await search;
  if (typeof of !== "string") return { of: null, words: wordsOf({}) };
  try {
    const { labels } = await (await api()).institutions.get({ institution: of });
    return { of, words: wordsOf(labels) };
  } catch (cause) {
    // Signed out, or of another institution: the same page in the usual words.
    if (!(cause instanceof TRPCError) || cause.code === "INTERNAL_SERVER_ERROR") throw cause;
    return { of: null, words: wordsOf({}) };
  }
}
