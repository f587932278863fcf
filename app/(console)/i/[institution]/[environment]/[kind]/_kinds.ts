import { notFound } from "next/navigation";

/** The four lists of a roster, as they stand in the address. */
const KINDS = ["schools", "teachers", "students", "classes"] as const;
export type Kind = (typeof KINDS)[number];

export const KIND_WORDS: Readonly<Record<Kind, { title: string; one: string; many: string }>> = {
  schools: { title: "Schools", one: "school", many: "schools" },
  teachers: { title: "Teachers", one: "teacher", many: "teachers" },
  students: { title: "Students", one: "student", many: "students" },
  classes: { title: "Classes", one: "class", many: "classes" },
};

/** The list that an address names, or a page that does not exist. */
export const kindOf = (word: string): Kind => KINDS.find((kind) => kind === word) ?? notFound();
