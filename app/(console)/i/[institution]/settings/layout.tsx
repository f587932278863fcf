import { CircleHelp } from "lucide-react";
import { cookies } from "next/headers";
import Link from "next/link";
import type { ReactNode } from "react";
import { AccountLink } from "@/app/_components/account-link";
import { Brand } from "@/app/_components/brand";
import { HelpContact } from "@/app/_components/help-contact";
import { Icon } from "@/app/_components/icon";
import { institutionTitle } from "@/app/_components/institution-title";
import { SignOut } from "@/app/_components/sign-out";
import { themeOf } from "@/app/_components/theme";
import { ThemeSwitch } from "@/app/_components/theme-switch";
import { ViewBanner } from "@/app/_components/view-banner";
import { Navigation, NavigationMenu } from "../[environment]/navigation";
import { type SettingsParams, settingsOf } from "./_settings";

interface LayoutProps {
  params: Promise<SettingsParams>;
  children: ReactNode;
}

export const generateMetadata = ({ params }: LayoutProps) => institutionTitle(settingsOf(params));

/** The frame of the settings: of the institution itself, and so of neither environment. */
export default async function SettingsLayout({ params, children }: LayoutProps) {
  const { slug, institution, session, zone, can } = await settingsOf(params);
  const base = `/i/${slug}`;
  const groups = [
    {
      title: "Settings",
      links: [
        { href: `${base}/settings/members`, word: "Members" },
        { href: `${base}/settings/security`, word: "Security" },
        ...(can("audit:read") ? [{ href: `${base}/settings/audit`, word: "Audit" }] : []),
      ],
    },
    {
      title: "Back to",
      links: [
        { href: `${base}/preview`, word: "Preview" },
        { href: `${base}/production`, word: "Production" },
      ],
    },
  ];
  return (
    <div data-env="none" className="console">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <ViewBanner viewing={session.viewing} institution={slug} />
      <header className="topbar">
        <Link className="brand" href={`${base}/preview`}>
          <Brand />
        </Link>
        <span className="tenant">
          <bdi>{institution.name}</bdi>
        </span>
        <span className="push row only-wide">
          <Link className="iconlink" href="/help/codes">
            <Icon of={CircleHelp} />
            Help
          </Link>
          <AccountLink account={session.account} />
          <SignOut />
        </span>
        <NavigationMenu groups={groups} />
      </header>
      <div className="shell">
        <Navigation groups={groups} />
        <div className="page-column">{children}</div>
      </div>
      <footer className="foot">
        <span>Times in {zone}.</span>
        <HelpContact own={institution.helpContact} />
        <Link href={`${base}/preview/data-use`}>What we read and keep</Link>
        <span className="push">
          <ThemeSwitch initial={themeOf(await cookies())} />
        </span>
      </footer>
    </div>
  );
}
