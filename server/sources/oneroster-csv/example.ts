import type { ExampleFile } from "../source";
import { sampleDelivery } from "./sample";

const SEED = 4;
const STUDENTS = 60;

/** A made-up district of OneRoster 1.1, whole or with its headers alone. */
export function example(kind: "templates" | "samples"): readonly ExampleFile[] {
  const files = sampleDelivery({ seed: SEED, students: STUDENTS });
  if (kind === "samples") return files;
  return files.map((file) => (file.name === "manifest.csv" ? file : { name: file.name, chunks: () => [headerOf(file)] }));
}

function headerOf(file: ExampleFile): string {
  const [first = ""] = file.chunks();
  return first.slice(0, first.indexOf("\n") + 1);
}
