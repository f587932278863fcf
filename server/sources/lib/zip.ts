import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { type Issue, seenValue } from "@/server/roster/issue";
import type { DeliveryFile } from "../source";
import { LIMITS } from "./limits";
import { DeliveryRefused, fileIssue } from "./refused";
import { entryName, filesOf, isArchive, isLink } from "./zip-names";

/** One file of a zip. `bytes` is what the zip announces; `stream` counts what really comes. */
interface ZipEntry {
  /** Without the wrapping folder, in the spelling of the zip. */
  readonly name: string;
  readonly bytes: number;
  /**
   * The unpacked bytes. May be read once or again, one entry at a time or several. Throws `DeliveryRefused` as soon as a
   * limit is passed, the announced size or the checksum is wrong, or the bytes end too early.
   */
  stream(): AsyncIterable<Buffer>;
}

export interface ZipContents {
  /** When one of them is a refusal, `entries` is empty. */
  readonly issues: readonly Issue[];
  readonly entries: readonly ZipEntry[];
}

/**
 * Opens a zip by random access and lists its files: directories and what macOS and Windows leave behind are dropped, one
 * wrapping folder is taken off. Never throws for a bad zip. Limits and refusals: SECURITY.md §E 75–80, §F.
 */
export async function openZip(file: DeliveryFile): Promise<ZipContents> {
  const refuse = (issue: Issue): ZipContents => ({ issues: [issue], entries: [] });
  try {
    const zip = await fromRandomAccessReaderPromise(new DeliveryReader(file), file.bytes, {
      autoClose: false,
      decodeStrings: false,
      validateEntrySizes: true,
    });
    const entries = await readDirectory(zip, file);
    const { files, issues } = filesOf(file.name, entries);
    if (issues.some((issue) => issue.severity === "refusal")) return { issues, entries: [] };
    const budget = { bytes: 0 };
    return { issues, entries: files.map(({ name, entry }) => zipEntry({ zip, package: file.name, name, entry, budget })) };
  } catch (error) {
    if (error instanceof DeliveryRefused) return refuse(error.issue);
    return refuse(await unreadable(file, error));
  }
}

/** Whether the first bytes are those of a zip. */
const looksLikeZip = (head: Buffer): boolean => head.length >= 4 && head.readUInt32BE(0) === 0x504b0304;

async function readDirectory(zip: ZipFile, file: DeliveryFile): Promise<{ name: string; entry: Entry }[]> {
  const refuse = (code: Issue["code"], detail: string, seen?: string): DeliveryRefused =>
    new DeliveryRefused(fileIssue(code, file.name, { detail, ...(seen === undefined ? {} : { seen: seenValue(seen) }) }));
  const tooMany = (): DeliveryRefused =>
    refuse("ZIP_TOO_MANY_ENTRIES", `The zip holds ${zip.entryCount} files; at most ${LIMITS.zipEntriesMax} are allowed.`);
  if (zip.entryCount > LIMITS.zipEntriesMax) throw tooMany();

  const entries: { name: string; entry: Entry }[] = [];
  let announced = 0;
  for await (const entry of zip.eachEntry()) {
    if (entries.length === LIMITS.zipEntriesMax) throw tooMany();
    const name = entryName(entry);
    if (name === null)
      throw refuse("ZIP_PATH", "A file name in the zip points outside it or holds forbidden characters.", entry.fileNameRaw.toString());
    if (isLink(entry)) throw refuse("ZIP_SYMLINK", "The zip holds a link instead of a file.", name);
    if (entry.isEncrypted()) throw refuse("ZIP_ENCRYPTED", "An entry of the zip is encrypted; send it without a password.", name);
    announced += entry.uncompressedSize;
    if (isArchive(name)) {
      if (entry.uncompressedSize >= file.bytes)
        throw refuse("ZIP_LIMIT", "The zip holds an archive as large as itself; unpacked again and again it never ends.", name);
      throw refuse("ZIP_NESTED", "The zip holds another archive; only one level is unpacked.", name);
    }
    if (tooLarge(entry.uncompressedSize, entry.compressedSize) || announced > LIMITS.deliveryBytesMax)
      throw refuse("ZIP_LIMIT", "The zip announces more than 1 GB a file, 2 GB in all, or 200 times its packed size.", name);
    entries.push({ name, entry });
  }
  const shared = sharedBytes(entries);
  if (shared !== null) throw refuse("ZIP_LIMIT", "Two entries of the zip share the same bytes.", shared);
  return entries;
}

const tooLarge = (unpacked: number, packed: number): boolean =>
  unpacked > LIMITS.fileBytesMax || (unpacked > LIMITS.zipRatioFromBytes && unpacked > packed * LIMITS.zipRatioMax);

/** The name of an entry whose packed bytes begin before those of the one before it end. */
function sharedBytes(entries: readonly { name: string; entry: Entry }[]): string | null {
  const byPlace = entries.toSorted((a, b) => a.entry.relativeOffsetOfLocalHeader - b.entry.relativeOffsetOfLocalHeader);
  let end = 0;
  for (const { name, entry } of byPlace) {
    if (entry.relativeOffsetOfLocalHeader < end) return name;
    end = entry.relativeOffsetOfLocalHeader + 30 + entry.fileNameLength + entry.compressedSize;
  }
  return null;
}

interface Opened {
  readonly zip: ZipFile;
  readonly package: string;
  readonly name: string;
  readonly entry: Entry;
  /** Bytes unpacked so far from all entries of this opening. */
  readonly budget: { bytes: number };
}

function zipEntry(opened: Opened): ZipEntry {
  return { name: opened.name, bytes: opened.entry.uncompressedSize, stream: () => inflate(opened) };
}

async function* inflate({ zip, package: packageName, name, entry, budget }: Opened): AsyncGenerator<Buffer> {
  const refuse = (code: Issue["code"], detail: string): DeliveryRefused =>
    new DeliveryRefused(fileIssue(code, packageName, { detail, seen: seenValue(name) }));
  let bytes = 0;
  let sum = 0;
  try {
    const stream: AsyncIterable<Buffer> = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (tooLarge(bytes, entry.compressedSize) || budget.bytes + bytes > LIMITS.deliveryBytesMax)
        throw refuse("ZIP_LIMIT", "A file of the zip unpacks to more than 1 GB, 2 GB in all, or 200 times its packed size.");
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof DeliveryRefused) throw error;
    throw refuse(...broken(error));
  } finally {
    budget.bytes += bytes;
  }
  if (sum !== entry.crc32) throw refuse("ZIP_DAMAGED", "A file of the zip does not match its checksum.");
}

/** What an error of inflating says about the zip. */
function broken(error: unknown): [Issue["code"], string] {
  const message = error instanceof Error ? error.message : String(error);
  if (/too many bytes|not enough bytes|size mismatch/i.test(message))
    return ["ZIP_SIZE_MISMATCH", "A file of the zip is not as long as the zip announces."];
  if (/unexpected end|EOF|out of bounds|truncated/i.test(message)) return ["ZIP_TRUNCATED", "A file of the zip stops before its end."];
  return ["ZIP_DAMAGED", "A file of the zip cannot be unpacked."];
}

/** Tells a zip that was cut off from one that never was a zip. */
async function unreadable(file: DeliveryFile, error: unknown): Promise<Issue> {
  const message = error instanceof Error ? error.message : String(error);
  if (/size mismatch/i.test(message))
    return fileIssue("ZIP_SIZE_MISMATCH", file.name, { detail: "An entry's sizes contradict each other." });
  const chunks: Buffer[] = [];
  for await (const chunk of file.read(0, Math.min(4, file.bytes))) chunks.push(chunk);
  if (/end of central directory|EOF|out of bounds|signature/i.test(message) && looksLikeZip(Buffer.concat(chunks)))
    return fileIssue("ZIP_TRUNCATED", file.name, { detail: "The zip has no end: it was probably cut off on its way. Send it again." });
  return fileIssue("ZIP_DAMAGED", file.name, { detail: "The zip cannot be read. Create it again and send it." });
}

/** yauzl asks for its bytes through a subclass; this one reads the delivery wherever it lies. */
class DeliveryReader extends RandomAccessReader {
  readonly #file: DeliveryFile;

  constructor(file: DeliveryFile) {
    super();
    this.#file = file;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#file.read(start, end), { objectMode: false });
  }
}
