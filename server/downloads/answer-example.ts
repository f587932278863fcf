import { Readable } from "node:stream";
import { ZipArchive } from "archiver";
import { findSource } from "@/server/sources";
import type { ExampleFile } from "@/server/sources/source";

const KINDS = ["templates", "samples"] as const;

/** Empty files with their headers, or a made-up district, in the form of one source, as a zip: for everyone, since it is nobody's data. */
export function answerExample(of: { source: string; kind: string }): Response {
  const source = findSource(of.source);
  const kind = KINDS.find((known) => known === of.kind);
  if (source === null || kind === undefined) return new Response("There is no such example", { status: 404 });
  return new Response(zipped(source.example(kind)), {
    headers: {
      "content-type": "application/zip",
      "content-disposition": `attachment; filename="${source.key}-${kind}.zip"`,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

/** The cast: Node's web stream and the browser's are one and the same thing in two sets of types. */
function zipped(files: readonly ExampleFile[]): ReadableStream {
  const zip = new ZipArchive({ zlib: { level: 9 } });
  for (const file of files) zip.append([...file.chunks()].join(""), { name: file.name, date: MADE });
  void zip.finalize();
  return Readable.toWeb(zip) as ReadableStream;
}

/** The same bytes every time. */
const MADE = new Date("2026-08-01T00:00:00Z");
