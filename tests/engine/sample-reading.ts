import { onerosterCsv } from "@/server/sources/oneroster-csv";
import { sampleDelivery } from "@/server/sources/oneroster-csv/sample";
import type { Reading } from "@/server/sources/source";
import { memoryDelivery, NO_SETTINGS } from "../sources/in-memory";

/** A small district, and what became of it a day later: adds, edits, archives; read by the real source. */
export async function sampleReading(day: 1 | 2, students = 120): Promise<Reading> {
  const alterations = day === 1 ? {} : { withoutStudents: new Set([3, 17]), renamedStudents: new Set([5, 40, 41]), addedStudents: 4 };
  const files = sampleDelivery({ seed: 11, students, alterations });
  return onerosterCsv.open(memoryDelivery(Object.fromEntries(files.map((file) => [file.name, [...file.chunks()].join("")]))), NO_SETTINGS);
}
