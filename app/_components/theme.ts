import type { Theme } from "./theme-switch";

/** The reader's choice of colours out of the cookie that keeps it. */
export function themeOf(cookies: { get: (name: string) => { value: string } | undefined }): Theme {
  const value = cookies.get("theme")?.value;
  return value === "light" || value === "dark" ? value : "system";
}
