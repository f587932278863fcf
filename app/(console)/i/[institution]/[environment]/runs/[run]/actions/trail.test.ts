import { expect, test } from "vitest";
import { hrefWith, parseFilter } from "./filter";
import { isCut, nextPlace, pagesBefore, previousPlace } from "./trail";

const cursorOf = (page: number): string => `${String(page).padStart(4, "0")}${"x".repeat(90)}`;
const addressOf = (href: string) => parseFilter(Object.fromEntries(new URLSearchParams(href.split("?")[1] ?? ""))).address;

test("whoever pages far forward and back always knows the page, and is told where the way back ends", () => {
  let address = parseFilter({ entity: "users" }).address;
  for (let page = 1; page <= 300; page += 1) {
    const href = hrefWith("/actions", address, nextPlace(address, cursorOf(page)));
    expect(href.length).toBeLessThan(8_000);
    address = addressOf(href);
    expect(pagesBefore(address)).toBe(page);
    expect(address).toMatchObject({ entity: "users", after: cursorOf(page) });
  }
  let page = 300;
  for (let back = previousPlace(address); back !== null; back = previousPlace(address)) {
    page -= 1;
    address = addressOf(hrefWith("/actions", address, back));
    expect(address.after).toBe(cursorOf(page));
    expect(pagesBefore(address)).toBe(page);
  }
  expect(page).toBeLessThan(300);
  expect(isCut(address)).toBe(true);
});

test("a short way back leads to the very first page", () => {
  const second = addressOf(hrefWith("/actions", {}, nextPlace({}, cursorOf(1))));
  const back = previousPlace(second);
  expect(back === null ? null : hrefWith("/actions", second, back)).toBe("/actions");
  expect([isCut(second), isCut({}), previousPlace({})]).toEqual([false, false, null]);
});
