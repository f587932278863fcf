import { expect, test } from "vitest";
import { AppError } from "./errors";
import { failureOf } from "./failure";

test("a log keeps names, codes and places of a failure, and none of the values that it quotes (T19)", () => {
  const cause = Object.assign(new Error("duplicate key: Key (email)=(CANARY@school.example) already exists."), {
    code: "23505",
    detail: "CANARY",
  });
  cause.name = "PostgresError";
  const failure = failureOf(new Error("Failed query: select … params: CANARY", { cause }));
  expect(JSON.stringify(failure)).not.toContain("CANARY");
  expect(failure.chain).toEqual(["Error", "PostgresError 23505"]);
  expect(failure.at[0]).toContain("failure.test.ts");
});

test("what was written for the log is kept, what was written for a person is not", () => {
  const failure = failureOf(new AppError("UNAVAILABLE", "Dana, the storage is full", { internal: "object store: 3 bytes free" }));
  expect(failure.chain).toEqual(["AppError UNAVAILABLE: object store: 3 bytes free"]);
});

test("whatever is thrown is told, without its value", () => {
  expect(failureOf("CANARY")).toEqual({ chain: ["string"], at: [] });
  expect(failureOf(undefined).chain).toEqual(["undefined"]);
});
