import { CircleHelp, Search } from "lucide-react";
import { cookies } from "next/headers";
import Link from "next/link";
import type { ReactNode } from "react";
import { AccountLink } from "@/app/_components/account-link";
import { Brand } from "@/app/_components/brand";
import { counted } from "@/app/_components/counting";
import { Env } from "@/app/_components/env";
import { HelpContact } from "@/app/_components/help-contact";
import { Icon } from "@/app/_components/icon";
import { institutionTitle } from "@/app/_components/institution-title";
import { LabelWordsProvider } from "@/app/_components/label-words";
import { SignOut } from "@/app/_components/sign-out";
import { themeOf } from "@/app/_components/theme";
import { ThemeSwitch } from "@/app/_components/theme-switch";
import { ViewBanner } from "@/app/_components/view-banner";
import { When } from "@/app/_components/when";
import { ENVIRONMENTS } from "@/server/roster/run";
import { type Console, type ConsoleParams, consoleOf } from "./_console";
import { type NavGroup, Navigation, NavigationMenu } from "./navigation";
import { PromotionBanner } from "./promotion-banner";

interface LayoutProps {
  params: Promise<ConsoleParams>;
  children: ReactNode;
}

export const generateMetadata = ({ params }: LayoutProps) => institutionTitle(consoleOf(params));

export default async function ConsoleLayout({ params, children }: LayoutProps) {
  const here = await consoleOf(params);
  const groups = navigationOf(here);
  return (
    <div data-env={here.place.environment} className="console">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <ViewBanner viewing={here.session.viewing} institution={here.place.institution} />
      <TopBar here={here} groups={groups} />
      <EnvironmentBar here={here} />
      <div className="shell">
        <Navigation groups={groups} />
        <div className="page-column">
          <PromotionBanner here={here} />
          <LabelWordsProvider words={here.words}>{children}</LabelWordsProvider>
        </div>
      </div>
      <Foot here={here} theme={themeOf(await cookies())} />
    </div>
  );
}

function TopBar({ here, groups }: { here: Console; groups: readonly NavGroup[] }) {
  const { session, institution, base, words } = here;
  return (
    <header className="topbar">
      <Link className="brand" href={base}>
        <Brand />
      </Link>
      <span className="tenant">
        <bdi>{institution.name}</bdi>
      </span>
      <search className="push only-wide">
        <form className="search" action={`${base}/students`}>
          <label className="vh" htmlFor="find-student">
            Find a {words.students.one}
          </label>
          <Icon of={Search} />
          <input id="find-student" name="text" type="search" placeholder={`Find a ${words.students.one}: name, ID, e-mail`} />
        </form>
      </search>
      <span className="row only-wide">
        <Link className="iconlink" href="/help/codes">
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
      <NavigationMenu groups={groups} />
    </header>
  );
}

/** Where am I: the switch, and one line on what that means. Production is read-only until it was promoted. */
function EnvironmentBar({ here }: { here: Console }) {
  const { place, institution, zone, words } = here;
  const production = institution.environments.find((one) => one.name === "production");
  return (
    <section className="envbar" data-env={place.environment} aria-label="Environment">
      <fieldset className="switch" aria-label="Environment">
        {ENVIRONMENTS.map((name) => (
          <Link key={name} href={`/i/${place.institution}/${name}`} aria-current={name === place.environment ? "true" : undefined}>
            <Env name={name} />
          </Link>
        ))}
      </fieldset>
      <span>
        {place.environment === "preview" ? (
          <>
            <b>Rehearsal.</b> <span className="soft">Nothing here reaches classrooms until Production is approved.</span>
          </>
        ) : (
          <>
            <b>{production && production.headSeq > 0 ? "Live." : "What classrooms read."}</b>{" "}
            <span className="soft">
              {production && production.headSeq > 0
                ? `${counted(production.counts.students ?? 0, words.students.one, words.students.many)} and ${counted(production.counts.teachers ?? 0, words.teachers.one, words.teachers.many)} use this roster.`
                : "You can look at everything; it changes only through an approved promotion."}
            </span>
          </>
        )}
      </span>
      <span className="push only-wide soft">
        {production?.committedAt ? (
          <>
            Production last changed <When at={production.committedAt} zone={zone} />
          </>
        ) : (
          "Production is still empty"
        )}
      </span>
    </section>
  );
}

function Foot({ here, theme }: { here: Console; theme: Parameters<typeof ThemeSwitch>[0]["initial"] }) {
  const { institution, zone, base } = here;
  return (
    <footer className="foot">
      <span>Times in {zone}.</span>
      <HelpContact own={institution.helpContact} />
      <Link href={`${base}/data-use`}>What we read and keep</Link>
      <Link href="/help/codes">What each finding means</Link>
      <span className="push">
        <ThemeSwitch initial={theme} />
      </span>
    </footer>
  );
}

function navigationOf({ base, environment, words, place, can }: Console): readonly NavGroup[] {
  const counts = environment.counts;
  return [
    {
      title: null,
      links: [
        { href: base, word: "Status", exact: true },
        ...((place.environment === "preview" || environment.headSeq > 0) && can("delivery:create")
          ? [{ href: `${base}/upload`, word: "Send files" }]
          : []),
        { href: `${base}/overview`, word: "Overview" },
        { href: `${base}/runs`, word: "Runs" },
        { href: `${base}/log`, word: "Log" },
        { href: `/i/${place.institution}/promote`, word: "Promote" },
      ],
    },
    {
      title: "Roster",
      links: [
        { href: `${base}/schools`, word: words.schools.title, n: counts.schools ?? 0 },
        { href: `${base}/teachers`, word: words.teachers.title, n: counts.teachers ?? 0 },
        { href: `${base}/students`, word: words.students.title, n: counts.students ?? 0 },
        { href: `${base}/classes`, word: words.classes.title, n: counts.classes ?? 0 },
        { href: `${base}/organizations`, word: "Organizations" },
      ],
    },
    {
      title: "About",
      links: [
        { href: `/i/${place.institution}/setup`, word: "Set-up" },
        { href: `/i/${place.institution}/configure`, word: "Configure" },
        { href: `/i/${place.institution}/settings/members`, word: "Members" },
        { href: `/i/${place.institution}/settings/security`, word: "Security" },
        ...(can("audit:read") ? [{ href: `/i/${place.institution}/settings/audit`, word: "Audit" }] : []),
        { href: `${base}/data-use`, word: "Data and privacy" },
      ],
    },
  ];
}
