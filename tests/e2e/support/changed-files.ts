import Papa from "papaparse";
import type { DemoDelivery } from "@/server/cli/demo-district";

type Row = Record<string, string>;

const CHANGED_AT = "2026-11-20T06:00:00.000Z";

/** The delivery in which the rows of one file are others. */
export function withRows(delivery: DemoDelivery, name: string, change: (rows: Row[]) => Row[]): DemoDelivery {
  const files = delivery.files.map((file) => (file.name === name ? { name, text: csvOf(change(rowsOf(file.text))) } : file));
  return { ...delivery, files };
}

/** The rows of one file of a delivery. */
export const rowsIn = (delivery: DemoDelivery, name: string): Row[] =>
  rowsOf(delivery.files.find((file) => file.name === name)?.text ?? "");

/** These students (by their place among the students) get another value. */
export function withStudents(
  delivery: DemoDelivery,
  of: { from: number; to: number; column: string; value: (row: Row) => string },
): DemoDelivery {
  const keys = new Set(
    rowsIn(delivery, "users.csv")
      .filter((row) => row.role === "student")
      .slice(of.from, of.to)
      .map((row) => row.sourcedId),
  );
  return withRows(delivery, "users.csv", (rows) =>
    rows.map((row) => (keys.has(row.sourcedId) ? { ...row, [of.column]: of.value(row) } : row)),
  );
}

/** The delivery without these lines of enrollments, by their place in the file. */
export const withoutEnrollments = (delivery: DemoDelivery, from: number, to: number): DemoDelivery =>
  withRows(delivery, "enrollments.csv", (rows) => rows.filter((_, index) => index < from || index >= to));

/** A delta of these people alone: each row says that it is active and since when, the manifest that every other file is absent. */
export function deltaOfUsers(delivery: DemoDelivery, users: Row[]): DemoDelivery {
  const manifest = withRows(delivery, "manifest.csv", (rows) =>
    rows.map(({ propertyName = "", value = "" }) => ({
      propertyName,
      value: propertyName === "file.users" ? "delta" : propertyName.startsWith("file.") ? "absent" : value,
    })),
  );
  const files = manifest.files.filter((file) => file.name === "manifest.csv");
  return {
    ...delivery,
    files: [...files, { name: "users.csv", text: csvOf(users.map((row) => ({ ...row, status: "active", dateLastModified: CHANGED_AT }))) }],
  };
}

const rowsOf = (text: string): Row[] => Papa.parse<Row>(text, { header: true, skipEmptyLines: true }).data;
const csvOf = (rows: Row[]): string => `${Papa.unparse(rows, { newline: "\n" })}\n`;
