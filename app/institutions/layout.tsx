import { cookies } from "next/headers";
import Link from "next/link";
import type { ReactNode } from "react";
import { Brand } from "@/app/_components/brand";
import { SignOut } from "@/app/_components/sign-out";
import { themeOf } from "@/app/_components/theme";
import { ThemeSwitch } from "@/app/_components/theme-switch";

export default async function InstitutionsLayout({ children }: { children: ReactNode }) {
  return (
    <div className="plain-page">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="topbar">
        <Link className="brand" href="/">
          <Brand />
        </Link>
        <span className="push">
          <SignOut />
        </span>
      </header>
      <main id="main" className="main middle-main">
        {children}
      </main>
      <footer className="foot">
        <Link href="/help/codes">What each finding means</Link>
        <span className="push">
          <ThemeSwitch initial={themeOf(await cookies())} />
        </span>
      </footer>
    </div>
  );
}
