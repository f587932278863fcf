import { expect, it } from "vitest";
import { ROLES } from "@/server/auth/permissions";
import { gets, mayGet, mustGet, notificationKinds } from "./kinds";

it("nobody gets a mail about what their role can do nothing about, whatever they choose", () => {
  for (const kind of notificationKinds()) {
    for (const role of ROLES) {
      if (mayGet(kind, role)) continue;
      expect(gets(kind, { role, chosen: true }), `${kind} ${role}`).toBe(false);
      expect(mustGet(kind, role), `${kind} ${role}`).toBe(false);
    }
  }
});

it("owners always hear of a failure; all else is each member's choice", () => {
  const forced = notificationKinds().flatMap((kind) => ROLES.filter((role) => mustGet(kind, role)).map((role) => `${kind} ${role}`));
  expect(forced).toEqual(["failed owner"]);
  expect(gets("failed", { role: "owner", chosen: false })).toBe(true);
  expect(gets("failed", { role: "admin", chosen: false })).toBe(false);
});

it("somebody gets every kind by default", () => {
  for (const kind of notificationKinds())
    expect(
      ROLES.some((role) => gets(kind, { role, chosen: null })),
      kind,
    ).toBe(true);
});

it("reviewers choose to hear of plans that expired", () => {
  expect(gets("expired", { role: "reviewer", chosen: null })).toBe(false);
  expect(gets("expired", { role: "reviewer", chosen: true })).toBe(true);
});
