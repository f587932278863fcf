import { onerosterCsv } from "./oneroster-csv";
import type { Source } from "./source";

/** Every source, one line each: a new one is its folder and its line here. */
export const SOURCES: readonly Source[] = [onerosterCsv];

/** The source with this key, or null. */
export const findSource = (key: string): Source | null => SOURCES.find((source) => source.key === key) ?? null;

/** Generated districts, for demos, tests and measurements. */
export { type SampleFile, sampleDelivery } from "./oneroster-csv/sample";
