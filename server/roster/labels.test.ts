import { expect, test } from "vitest";
import { inWords, LABEL_CHOICES, LABEL_KEYS, wordsOf } from "./labels";

test("an institution is spoken to in the words that it chose, and in the usual ones where it chose none or an unknown one", () => {
  expect(wordsOf({})).toEqual({
    schools: { title: "Schools", one: "school", many: "schools" },
    teachers: { title: "Teachers", one: "teacher", many: "teachers" },
    students: { title: "Students", one: "student", many: "students" },
    classes: { title: "Classes", one: "class", many: "classes" },
  });
  const words = wordsOf({ classes: "Sections", students: "Learners", teachers: "Wizards", schools: "Businesses" });
  expect([words.classes.one, words.students.many, words.teachers.one, words.schools.one]).toEqual([
    "section",
    "learners",
    "teacher",
    "business",
  ]);
});

test("every choice is a heading that no other choice of its kind has", () => {
  expect(LABEL_KEYS.toSorted()).toEqual(Object.keys(LABEL_CHOICES).toSorted());
  for (const key of LABEL_KEYS) {
    const titles = LABEL_CHOICES[key].map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  }
});

test("a sentence is said in an institution's words; names, files, columns, values and the school year are left as they are", () => {
  const words = wordsOf({ classes: "Sections", students: "Learners", teachers: "Instructors", schools: "Organizations" });
  const said = (sentence: string): string => inWords(sentence, words);
  expect(said("Two primary teachers of one class. Students of a school wait for a teacher.")).toBe(
    "Two primary instructors of one section. Learners of an organization wait for an instructor.",
  );
  expect(said("Schools and organizations")).toBe("Organizations");
  expect(said("still named by 1 school or organization")).toBe("still named by 1 organization");
  for (const kept of [
    "schoolSourcedId names an org of type school",
    "classes.csv:12 of the school year at Hill School",
    "class-12 and student_7 and ann@school.example",
  ])
    expect(said(kept)).toBe(kept);
  expect(inWords("A class of a school has students", wordsOf({}))).toBe("A class of a school has students");
});
