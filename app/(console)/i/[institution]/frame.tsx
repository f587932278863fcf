import { CircleHelp } from "lucide-react";
import { cookies } from "next/headers";
import Link from "next/link";
import type { ReactNode } from "react";
import { AccountLink } from "@/app/_components/account-link";
import { Brand } from "@/app/_components/brand";
import { HelpContact } from "@/app/_components/help-contact";
import { helpHref } from "@/app/_components/help-href";
import { Icon } from "@/app/_components/icon";
import { LabelWordsProvider } from "@/app/_components/label-words";
import { type NavGroup, NavigationMenu } from "@/app/_components/navigation";
import { Note } from "@/app/_components/note";
import { SignOut } from "@/app/_components/sign-out";
import { themeOf } from "@/app/_components/theme";
import { ThemeSwitch } from "@/app/_components/theme-switch";
import { ViewBanner } from "@/app/_components/view-banner";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { wordsOf } from "@/server/roster/labels";
import type { EnvironmentName } from "@/server/roster/run";

interface FrameProps {
  slug: string;
  institution: Outputs["institutions"]["get"];
  session: Outputs["session"]["get"];
  /** Where one is: it colours the frame. Settings are of neither. */
  env: EnvironmentName | "none";
  /** Where the wordmark leads. */
  home: string;
  /** The pages that a small screen has behind its menu. */
  groups: readonly NavGroup[];
  /** In the bar, on wide screens. */
  search?: ReactNode;
  /** Below the bar: which environment this is. */
  bar?: ReactNode;
  children: ReactNode;
}

/** What stands around every page of one institution: its name, the way out, whom to ask, and its own words. */
export async function InstitutionFrame({ slug, institution, session, env, home, groups, search, bar, children }: FrameProps) {
  const help = helpHref(slug);
  return (
    <div data-env={env} className="console">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <ViewBanner viewing={session.viewing} institution={slug} />
      <header className="topbar">
        <Link className="brand" href={home}>
          <Brand />
        </Link>
        <span className="tenant">
          <bdi>{institution.name}</bdi>
        </span>
        {search}
        <span className={search ? "row only-wide" : "push row only-wide"}>
          <Link className="iconlink" href={help}>
            <Icon of={CircleHelp} />
            Help
          </Link>
          {session.institutions.length > 1 || session.staffRole ? (
            <Link className="iconlink" href="/institutions">
              Other institutions
            </Link>
          ) : null}
          <AccountLink account={session.account} />
          <SignOut />
        </span>
        <NavigationMenu groups={groups} help={help} />
      </header>
      {institution.deletionDueAt === null ? null : (
        <DeletionBanner slug={slug} dueAt={institution.deletionDueAt} zone={institution.timeZone} />
      )}
      {bar}
      <LabelWordsProvider institution={slug} words={wordsOf(institution.labels)}>
        {children}
      </LabelWordsProvider>
      <footer className="foot">
        <span>Times in {institution.timeZone}.</span>
        <HelpContact own={institution.helpContact} />
        <Link href={`/i/${slug}/preview/data-use`}>What we read and keep</Link>
        <Link href={help}>What each finding means</Link>
        <span className="push">
          <ThemeSwitch initial={themeOf(await cookies())} />
        </span>
      </footer>
    </div>
  );
}

/** On every page while an approved deletion waits: until when it can be stopped, and where. */
function DeletionBanner({ slug, dueAt, zone }: { slug: string; dueAt: Date; zone: string }) {
  return (
    <section aria-label="This institution will be deleted">
      <Note tone="bad">
        <p>
          <b>
            This institution will be deleted <When at={dueAt} zone={zone} />.
          </b>{" "}
          Until then an owner can stop it under <Link href={`/i/${slug}/settings/data#delete`}>Data</Link>.
        </p>
      </Note>
    </section>
  );
}
