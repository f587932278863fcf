import { describe, expect, test } from "vitest";
import { destinationOf } from "./destination";

describe("destinationOf (T33)", () => {
  test.each([
    "/i/lakeside/preview",
    "/i/lakeside/preview/runs/3?type=users&action=archive",
    "/institutions",
    "/vendor",
    "/vendor/x",
    "/dev/mail",
  ])("lets %s through", (path) => expect(destinationOf(path)).toBe(path));

  test.each([
    null,
    undefined,
    "",
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/i/\\evil",
    "/\t/evil.example",
    "/i/x\n/../..//evil.example",
    "javascript:alert(1)",
    "/i/..//evil.example",
    "/i/../..//evil.example",
    "/i/%2e%2e//evil.example",
    "/i//evil.example",
    "/i/x/../../api/auth/signout",
    "/api/auth/signout",
    "/login",
    "/institutionsx",
    "/vendor.evil.example",
    "i/lakeside",
    " /i/lakeside",
    "/i/lakeside/ x",
    `/i/${"x".repeat(3000)}`,
    "http:/i/lakeside",
    "/@evil.example",
  ])("sends %j to the front door", (path) => expect(destinationOf(path)).toBe("/"));
});
