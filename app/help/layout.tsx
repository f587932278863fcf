import { cookies } from "next/headers";
import Link from "next/link";
import type { ReactNode } from "react";
import { Brand } from "@/app/_components/brand";
import { themeOf } from "@/app/_components/theme";
import { ThemeSwitch } from "@/app/_components/theme-switch";

/** Help is for everyone, signed in or not: it names no institution and nobody. */
export default async function HelpLayout({ children }: { children: ReactNode }) {
  return (
    <div className="plain-page">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="topbar">
        <Link className="brand" href="/">
          <Brand />
        </Link>
        <span className="tenant">Help</span>
      </header>
      <main id="main" className="main middle-main">
        {children}
      </main>
      <footer className="foot">
        <Link href="/help/codes">All findings</Link>
        <span className="push">
          <ThemeSwitch initial={themeOf(await cookies())} />
        </span>
      </footer>
    </div>
  );
}
