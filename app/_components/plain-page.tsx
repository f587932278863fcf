import { cookies } from "next/headers";
import Link from "next/link";
import type { ReactNode } from "react";
import { Brand } from "./brand";
import { HelpContact, OWNER } from "./help-contact";
import { type NavGroup, Navigation, NavigationMenu } from "./navigation";
import { themeOf } from "./theme";
import { ThemeSwitch } from "./theme-switch";

interface PlainPageProps {
  width: "narrow" | "middle" | "wide";
  /** Where the wordmark leads. */
  home?: string;
  /** Where one is, beside the wordmark. */
  place?: string;
  /** At the other end of the bar. */
  beside?: ReactNode;
  /** The pages of a console: at the side, and in the menu of a small screen. */
  nav?: { name: string; groups: readonly NavGroup[] };
  foot?: ReactNode;
  /** Whom to ask where the vendor names no contact; null: nobody is meant to ask from here, as the vendor's own people read it. */
  askInstead?: string | null;
  children: ReactNode;
}

const MAINS = { narrow: "main narrow-main", middle: "main middle-main", wide: "main wide" } as const;

/** The frame of pages that belong to no institution: a bar, the page, a foot with the theme. */
export async function PlainPage({ width, home = "/", place, beside, nav, foot, askInstead = OWNER, children }: PlainPageProps) {
  const main = (
    <main id="main" className={MAINS[width]}>
      {children}
    </main>
  );
  return (
    <div data-env="none" className="plain-page">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className={nav ? "topbar staff-bar" : "topbar"}>
        <Link className="brand" href={home}>
          <Brand />
        </Link>
        {place ? <span className="tenant">{place}</span> : null}
        {beside ? <span className={nav ? "push row only-wide" : "push row"}>{beside}</span> : null}
        {nav ? <NavigationMenu {...nav} help="/help/codes" /> : null}
      </header>
      {nav ? (
        <div className="shell">
          <Navigation {...nav} />
          <div className="page-column">{main}</div>
        </div>
      ) : (
        main
      )}
      <footer className="foot">
        {askInstead === null ? null : <HelpContact own={null} askInstead={askInstead} />}
        {foot}
        <span className="push">
          <ThemeSwitch initial={themeOf(await cookies())} />
        </span>
      </footer>
    </div>
  );
}
