"use client";

import { inWords } from "@/server/roster/labels";
import { useLabelWords } from "./label-words";

/** A sentence of ours in the words of the institution around it. */
export function InWords({ of: sentence }: { of: string }) {
  return inWords(sentence, useLabelWords());
}
