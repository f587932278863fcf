import { describe, expect, it } from "vitest";
import { maskedValue } from "./mask";

const ofPerson = (column: string, value: string): string => maskedValue({ entity: "users", column, value });

describe("a value of a person in the test of a connection", () => {
  it("keeps its shape and the first letter of each word, and no digit", () => {
    expect(ofPerson("given_name", "Ana María")).toBe("A●● M●●●●");
    expect(ofPerson("email", "ana.lee42@school.example")).toBe("a●●.l●●##@s●●●●●.e●●●●●●");
    expect(ofPerson("identifier", "S-10432")).toBe("S-#####");
    expect(ofPerson("family_name", "王小明")).toBe("王●●");
  });

  it("leaves what says nothing about one person, and whatever is no person", () => {
    expect(ofPerson("primary_role", "student")).toBe("student");
    expect(maskedValue({ entity: "orgs", column: "name", value: "North High 2" })).toBe("North High 2");
    expect(maskedValue({ entity: "enrollments", column: "user_key", value: "user-0017" })).toBe("u●●●-####");
  });

  it("shows at most forty characters", () => {
    expect(maskedValue({ entity: "courses", column: "title", value: "x".repeat(100) })).toHaveLength(40);
  });
});
