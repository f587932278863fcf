/** One file of a generated delivery: text in chunks, the same for the same seed. */
export interface SampleFile {
  readonly name: string;
  chunks(): Iterable<string>;
}
