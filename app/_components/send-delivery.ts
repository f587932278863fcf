import { failureText } from "./failure";
import { putFile } from "./put-file";

/** A file on its way. */
export interface FileOnItsWay {
  readonly name: string;
  readonly bytes: number;
  readonly sent: number;
}

interface SendDelivery {
  files: readonly File[];
  /** Announces the files and says where each one's bytes go. */
  begin: (announced: { packageName?: string; files: { name: string; bytes: number }[] }) => Promise<{
    delivery: string;
    uploads: readonly { name: string; url: string }[];
  }>;
  /** As soon as there is one that could be cancelled. */
  onBegun: (delivery: string) => void;
  onProgress: (files: readonly FileOnItsWay[]) => void;
  signal: AbortSignal;
  /** What shows who sends, where no cookie does. */
  headers?: Readonly<Record<string, string>>;
}

/** Sends chosen files, one after the other, and resolves to their delivery once the last byte has left. Rejects when `signal` says stop. */
export async function sendDelivery({ files, begin, onBegun, onProgress, signal, headers }: SendDelivery): Promise<string> {
  let onTheWay: readonly FileOnItsWay[] = files.map((file) => ({ name: file.name, bytes: file.size, sent: 0 }));
  onProgress(onTheWay);
  const only = files.length === 1 ? files[0] : undefined;
  const { delivery, uploads } = await begin({
    packageName: only?.name,
    files: files.map((file) => ({ name: file.name, bytes: file.size })),
  });
  onBegun(delivery);
  for (const { name, url } of uploads) {
    const file = files.find((one) => one.name === name);
    if (!file) throw new Error(`The server asked for ${name}, which was not chosen.`);
    await putFile({
      url,
      file,
      signal,
      headers,
      onProgress: (sent) => {
        onTheWay = onTheWay.map((one) => (one.name === name ? { ...one, sent } : one));
        onProgress(onTheWay);
      },
    });
  }
  return delivery;
}

/** Whether the person stopped the sending. */
export const isCancelled = (cause: unknown): boolean => cause instanceof DOMException && cause.name === "AbortError";

/** What the drop zone says after somebody stopped a transfer. */
export const SENDING_CANCELLED = { tone: "info", text: "Cancelled. What had arrived was thrown away, and nothing was changed." } as const;

/** Why files did not arrive: the transfer's own words where it has some, else the server's. */
export const sendingFailureText = (cause: unknown): string =>
  cause instanceof Error && !("data" in cause) ? cause.message : failureText(cause);
