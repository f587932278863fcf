import { CircleHelp } from "lucide-react";
import { cookies } from "next/headers";
import Link from "next/link";
import type { ReactNode } from "react";
import { AccountLink } from "@/app/_components/account-link";
import { Brand } from "@/app/_components/brand";
import { Env } from "@/app/_components/env";
import { HelpContact } from "@/app/_components/help-contact";
import { Icon } from "@/app/_components/icon";
import { institutionTitle } from "@/app/_components/institution-title";
import { SignOut } from "@/app/_components/sign-out";
import { themeOf } from "@/app/_components/theme";
import { ThemeSwitch } from "@/app/_components/theme-switch";
import { ViewBanner } from "@/app/_components/view-banner";
import { ENVIRONMENTS } from "@/server/roster/run";
import { type SetupParams, setupOf } from "./_setup";
import { SetupSteps } from "./setup-steps";

interface LayoutProps {
  params: Promise<SetupParams>;
  children: ReactNode;
}

export const generateMetadata = ({ params }: LayoutProps) => institutionTitle(setupOf(params));

/** The frame of set-up: what is still due at the side, and a word on what set-up cannot do. */
export default async function SetupLayout({ params, children }: LayoutProps) {
  const here = await setupOf(params);
  const { institution, session, base, place, zone } = here;
  return (
    <div data-env="preview" className="console">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <ViewBanner viewing={session.viewing} institution={place.institution} />
      <header className="topbar">
        <Link className="brand" href={base}>
          <Brand />
        </Link>
        <span className="tenant">
          <bdi>{institution.name}</bdi>
        </span>
        <span className="push row">
          <Link className="iconlink" href="/help/codes">
            <Icon of={CircleHelp} />
            Help
          </Link>
          <span className="row only-wide">
            <AccountLink account={session.account} />
            <SignOut />
          </span>
        </span>
      </header>
      <section className="envbar" data-env="preview" aria-label="Environment">
        <fieldset className="switch" aria-label="Environment">
          {ENVIRONMENTS.map((name) => (
            <Link key={name} href={`/i/${place.institution}/${name}`} aria-current={name === "preview" ? "true" : undefined}>
              <Env name={name} />
            </Link>
          ))}
        </fieldset>
        <span>
          <b>Rehearsal.</b> <span className="soft">Set-up writes to Preview only, and only when you commit.</span>
        </span>
      </section>
      <div className="setup">
        <SetupSteps here={here} />
        <div className="page-column">{children}</div>
      </div>
      <footer className="foot">
        <span>Times in {zone}.</span>
        <HelpContact own={institution.helpContact} />
        <Link href={`${base}/data-use`}>What we read and keep</Link>
        <Link href="/help/codes">What each finding means</Link>
        <span className="push">
          <ThemeSwitch initial={themeOf(await cookies())} />
        </span>
      </footer>
    </div>
  );
}
