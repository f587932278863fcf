import Link from "next/link";
import type { ReactNode } from "react";
import { Env } from "@/app/_components/env";
import { institutionTitle } from "@/app/_components/institution-title";
import type { NavGroup } from "@/app/_components/navigation";
import { ENVIRONMENTS } from "@/server/roster/run";
import { InstitutionFrame } from "../frame";
import { type SetupHere, type SetupParams, setupOf } from "./_setup";
import { SetupSteps } from "./setup-steps";

interface LayoutProps {
  params: Promise<SetupParams>;
  children: ReactNode;
}

export const generateMetadata = ({ params }: LayoutProps) => institutionTitle(setupOf(params));

/** The frame of set-up: what is still due at the side, and a word on what set-up cannot do. */
export default async function SetupLayout({ params, children }: LayoutProps) {
  const here = await setupOf(params);
  const { institution, session, base, place } = here;
  const bar = (
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
  );
  return (
    <InstitutionFrame
      slug={place.institution}
      institution={institution}
      session={session}
      env="preview"
      home={base}
      groups={menuOf(here)}
      bar={bar}
    >
      <div className="setup">
        <SetupSteps here={here} />
        <div className="page-column">{children}</div>
      </div>
    </InstitutionFrame>
  );
}

/** The steps stand at the top of the page; the menu of a small screen leads out of them. */
const menuOf = ({ home, base, place }: SetupHere): readonly NavGroup[] => [
  { title: null, links: [{ href: home, word: "Set-up" }] },
  {
    title: "Institution",
    links: [
      { href: base, word: "Preview" },
      { href: `/i/${place.institution}/production`, word: "Production" },
      { href: `/i/${place.institution}/configure`, word: "Configure" },
      { href: `/i/${place.institution}/settings/members`, word: "Members" },
    ],
  },
];
