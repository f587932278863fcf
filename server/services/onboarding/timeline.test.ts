import { describe, expect, it } from "vitest";
import type { OnboardingFacts } from "./facts";
import { type StepPlan, TIMELINE_STEPS, timelineOf } from "./timeline";

const nothing: OnboardingFacts = {
  arrival: null,
  plan: null,
  commit: null,
  confirmed: null,
  requested: null,
  live: null,
  liveConfirmed: null,
};
const at = (day: string, by: string | null = "Dana Whitfield") => ({ at: new Date(`2026-${day}T08:00:00Z`), by });
const statesOf = (facts: Partial<OnboardingFacts>, plans: readonly StepPlan[] = []): string[] =>
  timelineOf({ ...nothing, ...facts }, plans, "2026-10-10").map(({ state }) => state);

describe("the seven steps", () => {
  it("begin with the institution's data, and say what this way does not need", () => {
    expect(statesOf({})).toEqual(["due", "notNeeded", "notNeeded", "later", "later", "later", "later"]);
  });

  it("move on with what happened, never by being ticked", () => {
    const all = {
      arrival: at("10-01"),
      plan: at("10-01", null),
      confirmed: at("10-03"),
      live: at("10-05", "Sam Ortiz"),
      liveConfirmed: at("10-06"),
    };
    const chain = ["data", "preview", "verify", "production", "confirm"];
    for (const [done, key] of Object.keys(all).entries()) {
      const facts = Object.fromEntries(Object.entries(all).slice(0, done + 1));
      const lines = timelineOf({ ...nothing, ...facts }, [], "2026-10-10");
      expect(
        lines.filter(({ state }) => state === "done").map(({ step }) => step),
        key,
      ).toEqual(chain.slice(0, done + 1));
      expect(lines.find(({ state }) => state === "due")?.step).toBe(chain[done + 1]);
    }
  });

  it("name who did a step and when, before whoever was to do it", () => {
    const plans: StepPlan[] = [{ step: "data", owner: "IT desk", dueOn: "2026-10-02" }];
    const [data] = timelineOf({ ...nothing, arrival: at("10-01") }, plans, "2026-10-10");
    expect(data).toMatchObject({ owner: "Dana Whitfield", dueOn: "2026-10-02", at: new Date("2026-10-01T08:00:00Z") });
    const [due] = timelineOf(nothing, plans, "2026-10-10");
    expect(due).toMatchObject({ owner: "IT desk", dueOn: "2026-10-02", at: null });
  });

  it("the first plan is nobody's work", () => {
    expect(timelineOf({ ...nothing, arrival: at("10-01"), plan: at("10-01", null) }, [], "2026-10-10")[3]?.owner).toBe(
      "Rollcall, by itself",
    );
  });

  it("a call is agreed by its day and over after it", () => {
    const call = (dueOn: string): StepPlan[] => [{ step: "call", owner: null, dueOn }];
    const place = TIMELINE_STEPS.indexOf("call");
    expect(statesOf({}, call("2026-10-10"))[place]).toBe("agreed");
    expect(statesOf({}, call("2026-10-09"))[place]).toBe("done");
  });
});
