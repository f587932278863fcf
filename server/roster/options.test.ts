import { describe, expect, it } from "vitest";
import { isOptionValue, OPTIONS, type OptionDefaults, optionKeys, optionLines, type StoredSettings, withOptions } from "./options";

const unset: StoredSettings = { reading: { modes: {}, encoding: null, dateOrder: null }, limits: {}, mails: {} };
const all: OptionDefaults = Object.fromEntries(Object.entries(OPTIONS).map(([key, option]) => [key, option.default]));

describe("the table of options", () => {
  it("has a default for each option that the option itself accepts", () => {
    for (const key of optionKeys(all)) expect(isOptionValue(key, OPTIONS[key].default), key).toBe(true);
  });

  it("shows only what a source has, with the source's own default", () => {
    const lines = optionLines({ dateOrder: "DMY" }, unset);
    expect(lines).toMatchObject([{ key: "dateOrder", value: "DMY", default: "DMY", isDefault: true }]);
  });

  it("reads back every value that it wrote, and nothing else changes", () => {
    const values = {
      fileMode: "bulk",
      dateOrder: "DMY",
      encoding: "windows-1252",
      archivePercent: 4,
      editPercent: 60,
      errorPercent: 1,
      rowsMin: 0,
      welcomeMails: true,
    };
    const settings = withOptions(unset, values);
    expect(Object.fromEntries(optionLines(all, settings).map((line) => [line.key, line.value]))).toEqual(values);
    const one = withOptions(settings, { rowsMin: 30 });
    expect(one).toEqual({ ...settings, limits: { ...settings.limits, rowsMin: 30 } });
  });

  it("goes back to asking, and to Unicode alone", () => {
    const settings = withOptions(
      { ...unset, reading: { modes: { "*": "bulk", "users.csv": "delta" }, encoding: "macroman", dateOrder: null } },
      {
        fileMode: "ask",
        encoding: "unicode",
      },
    );
    expect(settings).toEqual(unset);
  });

  it("keeps what was said of single files when another option changes", () => {
    const said = { ...unset, reading: { ...unset.reading, modes: { "users.csv": "delta" as const } } };
    expect(withOptions(said, { dateOrder: "DMY" }).reading.modes).toEqual({ "users.csv": "delta" });
  });

  it("refuses values from outside its bounds", () => {
    expect(isOptionValue("archivePercent", 101)).toBe(false);
    expect(isOptionValue("archivePercent", 1.5)).toBe(false);
    expect(isOptionValue("archivePercent", "10")).toBe(false);
    expect(isOptionValue("encoding", "utf-7")).toBe(false);
    expect(isOptionValue("fileMode", null)).toBe(false);
  });
});
