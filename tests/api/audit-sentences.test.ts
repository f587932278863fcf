import { expect, test } from "vitest";
import { auditSentence, isTold } from "@/app/_components/audit-sentences";
import { PROMOTION_STATES } from "@/server/roster/promotion";
import { ENDED_STATES } from "@/server/roster/run";
import { sourceFiles, withoutComments } from "@/tests/support/source-files";

/** Verbs that are put together where they are written: by their beginning, what can follow. */
const COMPOSED: Readonly<Record<string, readonly string[]>> = {
  run: ENDED_STATES.filter((state) => state !== "committed"),
  promotion: PROMOTION_STATES,
  job: ["cancel", "retry"],
};

/** Every verb that some line of the code writes into an audit. */
function verbsWritten(): string[] {
  const files = sourceFiles().filter(({ path }) => path.startsWith("server/") && !path.includes(".test."));
  const verbs = files.flatMap(({ text }) => {
    const code = withoutComments(text);
    const plain = [...code.matchAll(/\bverb: "([a-zA-Z]+\.[a-zA-Z]+)"/g)].map(([, verb]) => verb ?? "");
    const composed = [...code.matchAll(/\bverb: `([a-zA-Z]+)\.\$\{/g)].flatMap(([, noun = ""]) => {
      const ends = COMPOSED[noun];
      if (ends === undefined) throw new Error(`What can follow ${noun}.?`);
      return ends.map((end) => `${noun}.${end}`);
    });
    return [...plain, ...composed];
  });
  return [...new Set(verbs)].toSorted();
}

test("every verb that is written anywhere has a sentence, which names no column and no id", () => {
  const verbs = verbsWritten();
  expect(verbs.length).toBeGreaterThan(60);
  expect(verbs.filter((verb) => !isTold(verb))).toEqual([]);
  for (const verb of verbs) {
    for (const about of [null, "Sam Ortiz"]) {
      const sentence = auditSentence({ verb, subject: "run 214", about, detail: {} });
      expect(sentence, verb).toMatch(/^[a-z]/);
      expect(sentence, verb).not.toMatch(/undefined|null|NaN|\[object| {2}/);
    }
  }
});

test("sentences name things, and say from what to what", () => {
  const said = (verb: string, about: string | null, detail: unknown) => auditSentence({ verb, subject: "institution 7", about, detail });
  expect(said("limit.set", null, { reason: "A trial", archivePercent: [10, 5], rowsMax: [null, 500] })).toBe(
    "changed the limit “Rows of one file” from everybody's to 500 rows, the limit “Hold when more would be archived than” from 10 % to 5 %: “A trial”",
  );
  expect(said("member.changeRole", "Sam Ortiz", { role: "admin" })).toBe("made Sam Ortiz an admin");
  expect(said("feed.setOptions", "SIS", { options: ["a", "b"] })).toBe("changed options of SIS: a, b");
  expect(said("retention.set", null, { filesDays: [30, 60] })).toBe(
    "changed how long things are kept: files of deliveries from 30 to 60 days",
  );
  expect(said("nobody.knows", null, {})).toBe("did “nobody.knows” to institution 7");
});
