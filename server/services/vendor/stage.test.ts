import { describe, expect, test } from "vitest";
import { type StageFacts, stageOf } from "./stage";

const day = (n: number): Date => new Date(Date.UTC(2027, 0, n));
const nothing: StageFacts = { createdAt: day(1), memberAt: null, arrivalAt: null, planAt: null, requestedAt: null, liveAt: null };

describe("the stage of an institution", () => {
  test("is the furthest thing that happened, since it happened", () => {
    const steps: [Partial<StageFacts>, string][] = [
      [{}, "invited"],
      [{ memberAt: day(2) }, "connecting"],
      [{ arrivalAt: day(3) }, "firstPreview"],
      [{ planAt: day(4) }, "reviewing"],
      [{ requestedAt: day(5) }, "waitingForApproval"],
      [{ liveAt: day(6) }, "live"],
    ];
    let facts = nothing;
    for (const [index, [step, stage]] of steps.entries()) {
      facts = { ...facts, ...step };
      expect(stageOf(facts)).toEqual({ stage, since: day(index + 1) });
    }
  });

  test("goes back to reviewing when the request was answered, and stays live whatever is asked later", () => {
    const asked = { ...nothing, memberAt: day(2), arrivalAt: day(3), planAt: day(4) };
    expect(stageOf(asked)).toEqual({ stage: "reviewing", since: day(4) });
    expect(stageOf({ ...asked, liveAt: day(6), requestedAt: day(9) })).toEqual({ stage: "live", since: day(6) });
  });
});
