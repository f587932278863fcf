"use client";

import { createContext, type ReactNode, useContext } from "react";
import { type LabelWords, wordsOf } from "@/server/roster/labels";

const Words = createContext<LabelWords>(wordsOf({}));

/** What the institution around these pages calls its schools, teachers, students and classes. */
export function LabelWordsProvider({ words, children }: { words: LabelWords; children: ReactNode }) {
  return <Words value={words}>{children}</Words>;
}

/** Those words, for parts that act in the browser; the usual ones outside an institution. */
export const useLabelWords = (): LabelWords => useContext(Words);
