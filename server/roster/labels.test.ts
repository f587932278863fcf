import { expect, test } from "vitest";
import { LABEL_CHOICES, LABEL_KEYS, wordsOf } from "./labels";

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
