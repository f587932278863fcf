import { afterEach, expect, test, vi } from "vitest";

afterEach(() => vi.unstubAllEnvs());

test("in production nobody reads the outbox (T25)", async () => {
  vi.stubEnv("ROLLCALL_ENV", "production");
  vi.resetModules();
  const { findMail, listMails } = await import("./list-mails");
  await expect(listMails()).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(findMail("00000000-0000-4000-8000-000000000000")).rejects.toMatchObject({ code: "NOT_FOUND" });
});
