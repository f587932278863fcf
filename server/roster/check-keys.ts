/** What the checks need to know of a row; a source's row has it. */
export interface CheckedRow {
  readonly valid: boolean;
  readonly line: number;
  /** The row stands in this file, at minus its line, and says only a part of a record that is there. */
  readonly partial?: string;
  readonly sourceKey: string | null;
  readonly status: "active" | "inactive" | "tobedeleted";
  readonly cells: readonly (string | null)[];
}

/**
 * The keys of one entity as one delivery gives them, kept compactly: millions of rows fit in a few hundred megabytes. Each
 * row has an ordinal; a row without a key has one too, so that rows in error are counted once.
 */
export interface Keys {
  /** Adds a row and returns its ordinal and, where the key was seen before, the ordinal of its first row. */
  add(row: { sourceKey: string | null; line: number; print: number }): { ordinal: number; first: number | null };
  /** The ordinal of a key's first row. */
  find(key: string): number | undefined;
  keys(): IterableIterator<string>;
  line(ordinal: number): number;
  /** Whether two rows hold the same data. */
  isSame(a: number, b: number): boolean;
  /** Marks a row as one that is not loaded. */
  reject(ordinal: number): void;
  isRejected(ordinal: number): boolean;
  readonly rejected: number;
}

export function collectKeys(): Keys {
  const ordinals = new Map<string, number>();
  let lines = new Uint32Array(1024);
  let prints = new Float64Array(1024);
  let marks = new Uint8Array(1024);
  let count = 0;
  let rejected = 0;
  const grow = (): void => {
    lines = copied(new Uint32Array(count * 2), lines);
    prints = copied(new Float64Array(count * 2), prints);
    marks = copied(new Uint8Array(count * 2), marks);
  };
  return {
    add({ sourceKey, line, print }) {
      if (count === lines.length) grow();
      const ordinal = count;
      count += 1;
      lines[ordinal] = line;
      prints[ordinal] = print;
      if (sourceKey === null) return { ordinal, first: null };
      const first = ordinals.get(sourceKey);
      if (first === undefined) ordinals.set(sourceKey, ordinal);
      return { ordinal, first: first ?? null };
    },
    find: (key) => ordinals.get(key),
    keys: () => ordinals.keys(),
    line: (ordinal) => lines[ordinal] ?? 0,
    isSame: (a, b) => prints[a] === prints[b],
    reject(ordinal) {
      if (marks[ordinal] === 0) rejected += 1;
      marks[ordinal] = 1;
    },
    isRejected: (ordinal) => marks[ordinal] === 1,
    get rejected() {
      return rejected;
    },
  };
}

function copied<T extends Uint32Array | Float64Array | Uint8Array>(to: T, from: T): T {
  // The two are of one kind, which the union cannot say.
  to.set(from as never);
  return to;
}
