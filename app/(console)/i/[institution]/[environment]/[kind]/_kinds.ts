import { notFound } from "next/navigation";

/** The four lists of a roster, as they stand in the address. */
const KINDS = ["schools", "teachers", "students", "classes"] as const;
export type Kind = (typeof KINDS)[number];

/** The list that an address names, or a page that does not exist. */
export const kindOf = (word: string): Kind => KINDS.find((kind) => kind === word) ?? notFound();
