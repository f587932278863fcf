import { afterEach, expect, test, vi } from "vitest";

afterEach(() => vi.unstubAllEnvs());

test("in production nobody reads the outbox (T25)", async () => {
  vi.stubEnv("ROLLCALL_ENV", "production");
  vi.resetModules();
  const { listMails } = await import("./list-mails");
  await expect(listMails()).rejects.toMatchObject({ code: "NOT_FOUND" });
});
