import { expect, test } from "vitest";
import { copyCells } from "./copy";

test("cells become COPY text that says exactly them", () => {
  expect(copyCells(["a", null, "b c"])).toBe("a\t\tb c");
  expect(copyCells(["a\tb", null])).toBe("a\\tb\t");
  expect(copyCells(["line\nbreak", "C:\\dir", "\r"])).toBe("line\\nbreak\tC:\\\\dir\t\\r");
  expect(copyCells([null])).toBe("");
});
