import type { DeliveryFile, Spool } from "../source";
import type { KeyedBlock, KeyedRecord } from "./keyed-records";

/** Bytes of records that are held before they are written out. */
const HELD_BYTES = 4 * 1024 * 1024;

/** A record that was dealt, with its place among the records of its file that are not blank. */
interface DealtRecord extends KeyedRecord {
  readonly ordinal: number;
}

/** Records of a file in the spool, so laid down that those of one hand are read together. */
export interface Dealt {
  /** The records of one hand in the order of their file. */
  hand(number: number): AsyncGenerator<DealtRecord>;
}

/** Where one hand's records of one run lie. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Deals the records of a file to hands in one pass: so many bytes are held at a time, sorted by hand and written as one run. A
 * hand is then read from a piece of each run, so that joining costs each byte twice, however many hands there are. `handsOf`: the
 * hands that a record belongs to, by its key and its ordinal.
 */
export async function deal(
  blocks: AsyncIterable<KeyedBlock>,
  to: { readonly spool: Spool; readonly name: string; handsOf(key: string, ordinal: number): Iterable<number> },
): Promise<Dealt> {
  const places = new Map<number, Stretch[]>();
  let offset = 0;

  function* run(held: ReadonlyMap<number, string[]>): Generator<Buffer> {
    for (const [hand, lines] of [...held].sort(([a], [b]) => a - b)) {
      const bytes = Buffer.from(lines.join(""));
      const known = places.get(hand) ?? [];
      known.push({ from: offset, to: offset + bytes.length });
      places.set(hand, known);
      offset += bytes.length;
      yield bytes;
    }
  }

  async function* runs(): AsyncGenerator<Buffer> {
    let held = new Map<number, string[]>();
    let bytes = 0;
    for await (const block of blocks) {
      for (const [place, index] of block.indexes.entries()) {
        const ordinal = block.firstOrdinal + place;
        let line: string | null = null;
        for (const hand of to.handsOf(block.keyAt(index), ordinal)) {
          line ??= written(block.read(index), ordinal);
          const own = held.get(hand);
          if (own === undefined) held.set(hand, [line]);
          else own.push(line);
          bytes += line.length;
        }
      }
      if (bytes < HELD_BYTES) continue;
      yield* run(held);
      held = new Map();
      bytes = 0;
    }
    yield* run(held);
  }

  const file = await to.spool.write(to.name, runs());
  return {
    async *hand(number) {
      for (const stretch of places.get(number) ?? []) yield* readBack(file, stretch);
    },
  };
}

/** JSON holds neither tabs nor line ends as they are. */
const written = (record: KeyedRecord, ordinal: number): string =>
  `${ordinal}\t${record.line}\t${record.bytes}\t${record.hash}\t${JSON.stringify(record.key)}\t${record.json}\n`;

async function* readBack(file: DeliveryFile, { from, to }: Stretch): AsyncGenerator<DealtRecord> {
  const chunks: Buffer[] = [];
  for await (const chunk of file.read(from, to)) chunks.push(chunk);
  for (const text of Buffer.concat(chunks).toString("utf8").split("\n")) {
    if (text === "") continue;
    const [ordinal = "", line = "", bytes = "", hash = "", key = '""', json = ""] = text.split("\t");
    yield { ordinal: Number(ordinal), line: Number(line), bytes: Number(bytes), hash, key: JSON.parse(key), json };
  }
}
