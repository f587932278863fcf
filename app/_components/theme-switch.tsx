"use client";

import { Moon, Sun, SunMoon } from "lucide-react";
import { useState } from "react";
import { Icon } from "./icon";

export type Theme = "light" | "dark" | "system";

const NEXT: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };
const WORDS: Readonly<Record<Theme, string>> = { system: "Colours: as your device", light: "Colours: light", dark: "Colours: dark" };
const DRAWINGS = { system: SunMoon, light: Sun, dark: Moon } as const;

/** Light, dark or as the device has it. Kept in a cookie that the server reads, so that no page flashes and no script runs first. */
export function ThemeSwitch({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  function change() {
    const next = NEXT[theme];
    setTheme(next);
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in browsers that schools still use.
    document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
  }
  return (
    <button type="button" className="iconlink" onClick={change} title="Change between light, dark and your device’s colours">
      <Icon of={DRAWINGS[theme]} />
      {WORDS[theme]}
    </button>
  );
}
