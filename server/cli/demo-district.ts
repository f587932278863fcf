import { type SampleFile, sampleDelivery } from "@/server/sources";

/** One delivery of the demo, by the name of its day. */
export interface DemoDelivery {
  readonly day: string;
  readonly kind: "full" | "quick";
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

const SEED = 2027;

/**
 * Three days of a small district. On the second a few students left, got another family name or came; on the third one of those
 * who left is back, and a few more changed.
 */
export function demoDeliveries(): readonly DemoDelivery[] {
  return [
    { day: "Monday", kind: "full", files: texts(sampleDelivery({ seed: SEED })) },
    {
      day: "Tuesday",
      kind: "full",
      files: texts(
        sampleDelivery({
          seed: SEED,
          alterations: { withoutStudents: new Set([10, 11, 12]), renamedStudents: new Set([20, 21, 22, 23]), addedStudents: 5 },
        }),
      ),
    },
    {
      day: "Wednesday",
      kind: "quick",
      files: texts(
        sampleDelivery({
          seed: SEED,
          alterations: { withoutStudents: new Set([11, 12, 30]), renamedStudents: new Set([20, 21, 22, 23, 24, 25]), addedStudents: 7 },
        }),
      ),
    },
  ];
}

const texts = (files: readonly SampleFile[]) => files.map((file) => ({ name: file.name, text: [...file.chunks()].join("") }));
