import { expect, test } from "vitest";
import { csvCells } from "./copy";

test("cells become CSV that says exactly them", () => {
  expect(csvCells(["a", null, "b c"])).toBe("a,,b c");
  expect(csvCells(["a,b", null])).toBe('"a,b",');
  expect(csvCells(["line\nbreak", "C:\\dir", "\r", 'say "hi"'])).toBe('"line\nbreak",C:\\dir,"\r","say ""hi"""');
  expect(csvCells([null])).toBe("");
});
