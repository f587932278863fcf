import { describe, expect, it } from "vitest";
import { backoffMs } from "./backoff";
import { nextTick } from "./cron";
import { durationMs, moment, retryAfter } from "./duration";

describe("durations", () => {
  it("reads what the SDK writes", () => {
    expect(durationMs("2h30m10s")).toBe(9_010_000);
    expect(durationMs("1w2d")).toBe(9 * 86_400_000);
    expect(durationMs("")).toBe(0);
    expect(() => durationMs("soon")).toThrow("soon");
  });

  it("tells dates from durations", () => {
    expect(moment("2027-01-02T03:04:05.000Z")).toEqual({ at: new Date("2027-01-02T03:04:05.000Z") });
    expect(moment("30s")).toEqual({ afterMs: 30_000 });
  });

  it("reads retry-after as seconds or date, and nothing from nonsense", () => {
    expect(retryAfter("3")).toEqual({ afterMs: 3_000 });
    expect(retryAfter("2027-01-02T03:04:05.000Z")).toEqual({ at: new Date("2027-01-02T03:04:05.000Z") });
    expect(retryAfter(null)).toBeNull();
    expect(retryAfter("later")).toBeNull();
  });
});

describe("waits between attempts", () => {
  it("follow the server's table and stay at two hours", () => {
    const table = Array.from({ length: 12 }, (_, attempt) => backoffMs(attempt, () => 0) / 1000);
    expect(table).toEqual([15, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200, 7200, 7200]);
  });

  it("have up to 30 seconds of jitter", () => {
    expect(backoffMs(0, () => 0.999_999)).toBeLessThan(45_000);
    expect(backoffMs(0, () => 0.5)).toBe(30_000);
  });
});

describe("schedules", () => {
  it("tick by the wall clock of their zone", () => {
    const cron = "TZ=America/New_York 0 6 * * *";
    expect(nextTick(cron, new Date("2026-01-10T00:00:00Z"))).toEqual(new Date("2026-01-10T11:00:00Z"));
    expect(nextTick(cron, new Date("2026-07-10T00:00:00Z"))).toEqual(new Date("2026-07-10T10:00:00Z"));
    expect(nextTick("0 6 * * *", new Date("2026-07-10T00:00:00Z"))).toEqual(new Date("2026-07-10T06:00:00Z"));
  });

  it("tick once in the hour that a clock change leaves out", () => {
    const cron = "TZ=America/New_York 30 2 * * *";
    const first = nextTick(cron, new Date("2026-03-08T05:30:00Z"));
    const second = nextTick(cron, first);
    expect(first.toISOString().slice(0, 10)).toBe("2026-03-08");
    expect(second).toEqual(new Date("2026-03-09T06:30:00Z"));
  });
});
