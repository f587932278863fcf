import { district, HEADERS, row } from "@/tests/fixtures/district";
import { asFiles } from "./scene";

/** Day 1: the district with Ben's enrollment to come and Chi's in the past. Day 2: Ben is called Benjamin, Chi has gone with her enrollment,
 * Biology 2 has gone, Chemistry comes with Dee in it, and two rows are in error. */
export const dayOne = () =>
  asFiles(
    district({
      "enrollments.csv": `${HEADERS["enrollments.csv"]}\n${[
        row("enrollments.csv", { sourcedId: "e1", userSourcedId: "u1", role: "teacher", primary: "true" }),
        row("enrollments.csv", { sourcedId: "e2", userSourcedId: "u2", beginDate: "2199-01-12", endDate: "2199-06-12" }),
        row("enrollments.csv", { sourcedId: "e3", userSourcedId: "u3", beginDate: "2020-08-17", endDate: "2020-12-21" }),
      ].join("\n")}\n`,
    }),
  );
export const dayTwo = () =>
  asFiles(
    district({
      "classes.csv": `${HEADERS["classes.csv"]}\n${[
        row("classes.csv", { sourcedId: "k1", title: "Biology 1" }),
        row("classes.csv", { sourcedId: "k3", title: "Chemistry" }),
      ].join("\n")}\n`,
      "users.csv": `${HEADERS["users.csv"]}\n${[
        row("users.csv", { sourcedId: "u1", role: "teacher", username: "ana", givenName: "Ana", familyName: "Vega", grades: "" }),
        row("users.csv", { sourcedId: "u2", username: "ben", givenName: "Benjamin", familyName: "Okafor" }),
        row("users.csv", { sourcedId: "u4", username: "dee", givenName: "Dee", familyName: "Ito", email: "not-an-address" }),
        row("users.csv", { sourcedId: "u5", role: "teachr", givenName: "=HYPERLINK(1)", familyName: "Nguyễn", password: "hunter2" }),
      ].join("\n")}\n`,
      "enrollments.csv": `${HEADERS["enrollments.csv"]}\n${[
        row("enrollments.csv", { sourcedId: "e1", userSourcedId: "u1", role: "teacher", primary: "true" }),
        row("enrollments.csv", { sourcedId: "e2", userSourcedId: "u2", beginDate: "2199-01-12", endDate: "2199-06-12" }),
        row("enrollments.csv", { sourcedId: "e4", userSourcedId: "u4", classSourcedId: "k3" }),
        row("enrollments.csv", { sourcedId: "e9", userSourcedId: "nobody" }),
      ].join("\n")}\n`,
    }),
  );

/** Everything that a download sends. */
export async function allOf(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const each of lines) all.push(each);
  return all;
}
