"use client";

import { createContext, type ReactNode, useContext } from "react";
import { type LabelWords, wordsOf } from "@/server/roster/labels";

const Around = createContext<{ institution: string | null; words: LabelWords }>({ institution: null, words: wordsOf({}) });

/** Which institution these pages are of, and what it calls its schools, teachers, students and classes. */
export function LabelWordsProvider({ institution, words, children }: { institution: string; words: LabelWords; children: ReactNode }) {
  return <Around value={{ institution, words }}>{children}</Around>;
}

/** Those words, for parts that act in the browser; the usual ones outside an institution. */
export const useLabelWords = (): LabelWords => useContext(Around).words;

/** The institution's short name in addresses; null outside of one. */
export const useInstitution = (): string | null => useContext(Around).institution;
