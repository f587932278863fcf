import { cookies } from "next/headers";
import Link from "next/link";
import type { ReactNode } from "react";
import { Brand } from "@/app/_components/brand";
import { SignOut } from "@/app/_components/sign-out";
import { themeOf } from "@/app/_components/theme";
import { ThemeSwitch } from "@/app/_components/theme-switch";
import { api, asked } from "@/app/_trpc/server";
import { StaffNav } from "./staff-nav";

/** The console of the vendor's own people: institutions and how their runs stand, never a roster. */
export default async function VendorLayout({ children }: { children: ReactNode }) {
  const session = await asked((await api()).session.get());
  return (
    <div data-env="none" className="plain-page">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="topbar staff-bar">
        <Link className="brand" href="/vendor">
          <Brand />
        </Link>
        <span className="tenant">Staff console</span>
        <span className="push row">
          {session.institutions.length > 0 ? (
            <Link className="iconlink" href="/institutions">
              Your institutions
            </Link>
          ) : null}
          <span className="iconlink only-wide">
            <bdi>{session.account.name ?? session.account.email}</bdi>
          </span>
          <SignOut />
        </span>
      </header>
      <StaffNav />
      <main id="main" className="main wide">
        {children}
      </main>
      <footer className="foot">
        <span>No roster is shown here.</span>
        <span className="push">
          <ThemeSwitch initial={themeOf(await cookies())} />
        </span>
      </footer>
    </div>
  );
}
