/** What an institution may call the four things that have lists of their own (ARCHITECTURE §3). The first word of each is the usual one. */
export const LABEL_CHOICES = {
  schools: [
    { title: "Schools", one: "school", many: "schools" },
    { title: "Organizations", one: "organization", many: "organizations" },
    { title: "Businesses", one: "business", many: "businesses" },
    { title: "Campuses", one: "campus", many: "campuses" },
  ],
  teachers: [
    { title: "Teachers", one: "teacher", many: "teachers" },
    { title: "Instructors", one: "instructor", many: "instructors" },
  ],
  students: [
    { title: "Students", one: "student", many: "students" },
    { title: "Learners", one: "learner", many: "learners" },
  ],
  classes: [
    { title: "Classes", one: "class", many: "classes" },
    { title: "Sections", one: "section", many: "sections" },
  ],
} as const satisfies Record<string, readonly [Words, ...Words[]]>;

/** A thing's name: as a heading, for one and for many. */
export interface Words {
  readonly title: string;
  readonly one: string;
  readonly many: string;
}

export type LabelKey = keyof typeof LABEL_CHOICES;
export type LabelWords = Readonly<Record<LabelKey, Words>>;

export const LABEL_KEYS = ["schools", "teachers", "students", "classes"] as const satisfies readonly LabelKey[];

/** The words of an institution: of what it stored (a heading by key), the known ones; else the usual ones. */
export function wordsOf(labels: Readonly<Record<string, string>>): LabelWords {
  const of = (key: LabelKey): Words => {
    const choices: readonly Words[] = LABEL_CHOICES[key];
    return choices.find(({ title }) => title === labels[key]) ?? LABEL_CHOICES[key][0];
  };
  return { schools: of("schools"), teachers: of("teachers"), students: of("students"), classes: of("classes") };
}

/** Files, columns, values of a file ("type school") and the school year keep their names. */
const USUAL = /(?<![\w./@_-])(?<!\btype )(schools?|teachers?|students?|class|classes)(?![\w@/_-]|\.\w| year)/gi;
const NAMES: Readonly<Record<LabelKey, readonly string[]>> = {
  schools: ["school", "schools"],
  teachers: ["teacher", "teachers"],
  students: ["student", "students"],
  classes: ["class", "classes"],
};

/**
 * A sentence of ours in an institution's words: "a teacher of the class" becomes "an instructor of the section". Capitals count
 * at the start of a sentence only, where a name ("Hill School") is not ours to change.
 */
export function inWords(sentence: string, words: LabelWords): string {
  const said = sentence.replace(USUAL, (found, _, at: number) => {
    const isStart = /(^|[.:!?] )$/.test(sentence.slice(0, at));
    if (found !== found.toLowerCase() && !isStart) return found;
    const key = LABEL_KEYS.find((known) => NAMES[known].includes(found.toLowerCase())) ?? "schools";
    const word = NAMES[key][0] === found.toLowerCase() ? words[key].one : words[key].many;
    return found === found.toLowerCase() ? word : word.charAt(0).toUpperCase() + word.slice(1);
  });
  return said
    .replace(/\b([Aa]) (?=instructor|organization)/g, "$1n ")
    .replace(/\b(\w+) (?:and|or) (\w+)\b/g, (pair, one: string, other: string) => (one.toLowerCase() === other ? one : pair));
}
