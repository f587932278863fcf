import { createServer } from "node:http";
import { expect, test } from "vitest";
import { letUploadsLast, UPLOAD_MS_MAX } from "./upload-time";

test("a server's requests may last as long as a large upload takes", async () => {
  letUploadsLast();
  const server = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port");
  await fetch(`http://127.0.0.1:${address.port}`);
  expect(server.requestTimeout).toBe(UPLOAD_MS_MAX);
  await new Promise((resolve) => server.close(resolve));
});
