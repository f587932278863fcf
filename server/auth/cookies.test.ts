import { afterEach, expect, test, vi } from "vitest";
import { cookiesOf } from "./cookies";

afterEach(() => vi.unstubAllEnvs());

async function under(address: string) {
  vi.stubEnv("ROLLCALL_URL", address);
  vi.resetModules();
  return import("./cookies");
}

test("over https every cookie is __Host-, Secure, HttpOnly and SameSite=Lax, on / and for no other host (T8)", async () => {
  const { SESSION_COOKIE, BROWSER_COOKIE, CSRF_COOKIE, DESTINATION_COOKIE, cookieOptions, cookieLine } =
    await under("https://rollcall.example");
  for (const name of [SESSION_COOKIE, BROWSER_COOKIE, CSRF_COOKIE, DESTINATION_COOKIE]) expect(name).toMatch(/^__Host-rollcall\./);
  expect(cookieOptions).toEqual({ httpOnly: true, sameSite: "lax", path: "/", secure: true });
  expect(cookieLine(BROWSER_COOKIE, "a b", 600)).toBe("__Host-rollcall.browser=a%20b; Max-Age=600; Path=/; HttpOnly; SameSite=Lax; Secure");
});

test("over plain loopback they are not Secure, since a browser would drop them", async () => {
  const { SESSION_COOKIE, cookieLine } = await under("http://localhost:3000");
  expect(SESSION_COOKIE).toBe("rollcall.session");
  expect(cookieLine(SESSION_COOKIE, "x", 1)).not.toContain("Secure");
});

test("cookies are read as browsers write them; of two with one name the first counts; odd bytes do no harm", () => {
  const cookies = cookiesOf(new Headers({ cookie: "a=1; b=%C3%A9; a=2;c==x ; =y; d; e=%E0%A4%A" }));
  expect([...cookies]).toEqual([
    ["a", "1"],
    ["b", "é"],
    ["c", "=x"],
    ["e", "%E0%A4%A"],
  ]);
});
