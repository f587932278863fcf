import { cookies } from "next/headers";
import Link from "next/link";
import type { ReactNode } from "react";
import { Brand } from "@/app/_components/brand";
import { themeOf } from "@/app/_components/theme";
import { ThemeSwitch } from "@/app/_components/theme-switch";

export default async function SignInLayout({ children }: { children: ReactNode }) {
  return (
    <div className="plain-page">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="topbar">
        <Link className="brand" href="/">
          <Brand />
        </Link>
      </header>
      <main id="main" className="main narrow-main">
        {children}
      </main>
      <footer className="foot">
        <span>If you cannot sign in, ask the person who runs Rollcall at your institution.</span>
        <Link href="/help/codes">What each finding means</Link>
        <span className="push">
          <ThemeSwitch initial={themeOf(await cookies())} />
        </span>
      </footer>
    </div>
  );
}
