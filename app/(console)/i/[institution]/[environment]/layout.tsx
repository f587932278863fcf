import { Search } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { counted } from "@/app/_components/counting";
import { Env } from "@/app/_components/env";
import { Icon } from "@/app/_components/icon";
import { institutionTitle } from "@/app/_components/institution-title";
import { type NavGroup, Navigation } from "@/app/_components/navigation";
import { SoftNavigation } from "@/app/_components/soft-navigation";
import { When } from "@/app/_components/when";
import { ENVIRONMENTS } from "@/server/roster/run";
import { InstitutionFrame } from "../frame";
import { type Console, type ConsoleParams, consoleOf } from "./_console";
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
    <InstitutionFrame
      slug={here.place.institution}
      institution={here.institution}
      session={here.session}
      env={here.place.environment}
      home={here.base}
      groups={groups}
      search={<FindStudent here={here} />}
      bar={<EnvironmentBar here={here} />}
    >
      <SoftNavigation />
      <div className="shell">
        <Navigation groups={groups} />
        <div className="page-column">
          <PromotionBanner here={here} />
          {children}
        </div>
      </div>
    </InstitutionFrame>
  );
}

function FindStudent({ here: { base, words } }: { here: Console }) {
  return (
    <search className="push only-wide">
      <form className="search" action={`${base}/students`}>
        <label className="vh" htmlFor="find-student">
          Find a {words.students.one}
        </label>
        <Icon of={Search} />
        <input id="find-student" name="text" type="search" placeholder={`Find a ${words.students.one}: name, ID, e-mail`} />
      </form>
    </search>
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
