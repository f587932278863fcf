import { describe, expect, it } from "vitest";
import { slugOf } from "./slug";

describe("the word of an institution in addresses", () => {
  it.each([
    ["Lakeside Unified", "lakeside-unified"],
    ["  Collège Saint-Étienne (Nº 3) ", "college-saint-etienne-no-3"],
    ["王小明學校", "institution"],
    ["--", "institution"],
  ])("%s", (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it("is short and has no hyphen at either end, however long the name", () => {
    const slug = slugOf(`${"a".repeat(49)} bcd`);
    expect(slug).toBe("a".repeat(49));
  });
});
