import { describe, expect, it } from "vitest";
import { SOURCES } from "@/server/sources";
import { recommend } from "./recommend";

const sources = SOURCES.map(({ key, label, needs, tile, fields, systems }) => ({ key, label, needs, tile, fields, systems }));
const meant = (text: string): string | undefined => recommend(sources, text).system?.name;

describe("somebody who knows the name of their system and nothing else", () => {
  it("finds it by its name, its beginning, other words for it, in any case", () => {
    for (const text of ["PowerSchool", "powerschool sis", " power ", "POWERSCHOOL SIS 23"])
      expect(meant(text), text).toBe("PowerSchool SIS");
    expect(meant("edupoint")).toBe("Synergy");
    expect(meant("ic")).toBe("Infinite Campus");
  });

  it("is told where every known system has its files, and which way fits", () => {
    for (const system of SOURCES.flatMap((source) => source.systems)) {
      const found = recommend(sources, system.name);
      expect(found.system?.name).toBe(system.name);
      expect(found.suggested).toBe(found.order[0]?.key);
      expect(found.system?.where.length).toBeGreaterThan(20);
    }
  });

  it("is never left without a way", () => {
    for (const text of ["", "po", "Something Else 9000", "csv"]) expect(recommend(sources, text).order).toHaveLength(sources.length);
    expect(meant("po")).toBeUndefined();
  });
});
