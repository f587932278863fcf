import { describe, expect, it } from "vitest";
import { DEFAULT_WORDS, faultsOfWords, linesFor, subjectFor, type WelcomeWords, welcomeVerdict } from "./welcome";

const ada: WelcomeWords = {
  "given name": "Ada",
  name: "Ada Example",
  "user name": "ada.example",
  institution: "Lakeside",
  link: "https://product.example/",
};

describe("the words of a welcome mail", () => {
  it("are right as they come, and name each person by their own words", () => {
    expect(faultsOfWords(DEFAULT_WORDS)).toEqual([]);
    expect(subjectFor(DEFAULT_WORDS.subject, ada)).toBe("Your account at Lakeside");
    expect(linesFor(DEFAULT_WORDS.body, ada)).toContain("Your user name is ada.example");
  });

  it("leave out a line for whom its placeholder is empty", () => {
    const lines = linesFor(DEFAULT_WORDS.body, { ...ada, "user name": null, "given name": " " });
    expect(lines.join("\n")).not.toMatch(/user name is|Hello/);
    expect(lines).toContain("https://product.example/");
  });

  it("put a name in once, whatever stands in it, on one line", () => {
    const odd = { ...ada, name: "{{user name}}\r\nBcc: x@evil.example", "given name": "$& $1" };
    expect(subjectFor("For {{name}}", odd)).toBe("For {{user name}} Bcc: x@evil.example");
    expect(linesFor("Hello {{ given name }}", odd)).toEqual(["Hello $& $1"]);
  });

  it("are refused when they name what is not there, most of all a password", () => {
    expect(faultsOfWords({ subject: "Hi", body: "{{password}} {{link}}" })).toHaveLength(1);
    expect(faultsOfWords({ subject: "Hi", body: "no way in" })).toEqual(["Say where to go: {{link}} must stand in the mail."]);
    expect(faultsOfWords({ subject: " ", body: "{{link}}" })).toEqual(["A mail needs a subject."]);
    expect(faultsOfWords({ subject: "{{link}}", body: "{{link}}" })).toEqual(["A subject cannot hold {{link}}."]);
    expect(faultsOfWords({ subject: "Hi", body: "{{link}} {{name}" })).toHaveLength(1);
  });
});

describe("a batch of welcome mails", () => {
  const usual = { mails: 100, shared: 0, holdAbove: 500, hasLink: true };
  it("goes by itself when it is small and nobody's address is another's", () => {
    expect(welcomeVerdict(usual)).toEqual([]);
    expect(welcomeVerdict({ ...usual, mails: 500, shared: 19 })).toEqual([]);
    expect(welcomeVerdict({ ...usual, mails: 400, shared: 20 })).toEqual([]);
  });
  it("waits when it is larger than the institution lets go", () => {
    expect(welcomeVerdict({ ...usual, mails: 501 })).toEqual([{ kind: "many", count: 501, limit: 500 }]);
  });
  it("waits when many share an address, and when there is nowhere to go", () => {
    expect(welcomeVerdict({ ...usual, mails: 399, shared: 20, hasLink: false })).toEqual([
      { kind: "shared", count: 20, of: 399, limit: 5 },
      { kind: "noLink" },
    ]);
  });
});
