import { describe, expect, it } from "vitest";
import { expression } from "./expression";

describe("an expression", () => {
  it("compares two events", () => {
    const same = expression("event.data.x == async.data.x");
    expect(same.matches({ event: { data: { x: "a" } }, async: { data: { x: "a" } } })).toBe(true);
    expect(same.matches({ event: { data: { x: "a" } }, async: { data: { x: "b" } } })).toBe(false);
  });

  it("compares numbers whatever their form", () => {
    expect(expression("event.data.n == 5").matches({ event: { data: { n: 5 } } })).toBe(true);
    expect(expression("event.data.n >= 5 && event.data.n < 5.5").matches({ event: { data: { n: 5.25 } } })).toBe(true);
  });

  it("does not match where a field is missing", () => {
    expect(expression('event.data.x == "a"').matches({ event: { data: {} } })).toBe(false);
  });

  it("is no key where its field is missing or it is false, unlike null, and leaves a missing part out of a sum", () => {
    expect(expression("event.data.x").key({ event: { data: {} } })).toBe(null);
    expect(expression("event.data.x").key({ event: { data: { x: false } } })).toBe(null);
    expect(expression("event.data.x").key({ event: { data: { x: null } } })).toBe("null");
    const sum = expression('"a-" + event.data.x + (event.data.y + "-z")');
    expect(sum.key({ event: { data: {} } })).toBe("a--z");
    expect(sum.key({ event: { data: { y: "y" } } })).toBe("a-y-z");
    expect(expression('(event.data.x + "b") + "c"').key({ event: { data: {} } })).toBe("bc");
    expect(expression("event.data.x + event.data.y").key({ event: { data: {} } })).toBe(null);
  });

  it("matches only true, not what is merely there", () => {
    expect(expression("event.data.x").matches({ event: { data: { x: "yes" } } })).toBe(false);
  });

  it("makes keys of texts as they are and of numbers and lists as JSON", () => {
    expect(expression('event.data.a + "-" + string(event.data.b)').key({ event: { data: { a: "x", b: 7 } } })).toBe("x-7");
    expect(expression("event.data.b").key({ event: { data: { b: 7 } } })).toBe("7");
    expect(expression('"n" + event.data.b').key({ event: { data: { b: 7 } } })).toBe("n7");
    expect(expression("1 + 1").key({ event: {} })).toBe("2");
  });
});
