interface PutFile {
  url: string;
  file: Blob;
  onProgress: (sentBytes: number) => void;
  signal: AbortSignal;
  headers?: Readonly<Record<string, string>>;
}

/** Sends one file's bytes and tells how many have left. `fetch` cannot say that, so this is the older request. */
export function putFile({ url, file, onProgress, signal, headers = {} }: PutFile): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.setRequestHeader("x-rollcall", "1");
    request.setRequestHeader("content-type", "application/octet-stream");
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new Error(answerText(request)));
    });
    request.addEventListener("error", () =>
      reject(new Error("The connection broke while the file was being sent. Nothing was kept; send it again.")),
    );
    request.addEventListener("abort", () => reject(new DOMException("Cancelled", "AbortError")));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

/** The door's own sentence where it sent one. */
function answerText(request: XMLHttpRequest): string {
  try {
    const answer: unknown = JSON.parse(request.responseText);
    if (typeof answer === "object" && answer !== null && "error" in answer && typeof answer.error === "string") return answer.error;
  } catch {
    // An answer that is no JSON comes from something in between, and says nothing to people.
  }
  return `The file was not accepted (answer ${request.status}).`;
}
