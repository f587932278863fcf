import { describe, expect, it } from "vitest";
import { outcomeOf } from "./outcome";

const reply = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  text: typeof body === "string" ? body : JSON.stringify(body),
  headers: new Headers({ "x-inngest-sdk-handled": "true", "x-inngest-req-version": "2", ...headers }),
});

describe("a reply", () => {
  it("of 200 completes the run", () => {
    expect(outcomeOf(reply(200, { a: 1 }))).toEqual({ kind: "completed", output: { a: 1 } });
  });

  it("of 206 carries operations, as a list or alone", () => {
    const op = { id: "x", op: "StepRun", data: 1, displayName: "a" };
    expect(outcomeOf(reply(206, [op]))).toMatchObject({ kind: "ops", race: false, ops: [{ id: "x", op: "StepRun", data: 1, label: "a" }] });
    expect(outcomeOf(reply(206, op))).toMatchObject({ kind: "ops", ops: [{ id: "x" }] });
  });

  it("with a retry time keeps it, and without retry fails the run", () => {
    const error = { name: "Error", message: "no", stack: "s" };
    expect(outcomeOf(reply(500, error, { "x-inngest-no-retry": "false", "retry-after": "7" }))).toMatchObject({
      kind: "retry",
      after: { afterMs: 7_000 },
      error: { message: "no" },
    });
    expect(outcomeOf(reply(400, error, { "x-inngest-no-retry": "true" }))).toMatchObject({ kind: "failed", error: { message: "no" } });
  });

  it("that the SDK did not write is tried again, whatever its status", () => {
    for (const status of [200, 206, 401, 404, 500, 502]) {
      expect(outcomeOf({ status, text: "<html>", headers: new Headers() })).toMatchObject({
        kind: "retry",
        error: { name: "TransportError" },
      });
    }
    expect(outcomeOf(reply(200, "<html>"))).toMatchObject({ kind: "retry" });
  });
});
