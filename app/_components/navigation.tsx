"use client";

import { Menu } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import { count } from "./counting";
import { Icon } from "./icon";
import { SignOut } from "./sign-out";

export interface NavGroup {
  title: string | null;
  links: readonly { href: string; word: string; n?: number; exact?: boolean }[];
}

interface NavigationProps {
  groups: readonly NavGroup[];
  /** What these are the pages of. */
  name?: string;
}

/** A console's pages at the side; the one that is open is marked. */
export function Navigation({ groups, name = "Institution" }: NavigationProps) {
  return (
    <nav className="nav" aria-label={name}>
      <Links groups={groups} />
    </nav>
  );
}

/** The same pages behind a button, where there is no room at the side. */
export function NavigationMenu({ groups, name = "Institution", help }: NavigationProps & { help: string }) {
  const path = usePathname();
  const menu = useRef<HTMLDetailsElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes whenever another page has opened.
  useEffect(() => {
    if (menu.current) menu.current.open = false;
  }, [path]);
  return (
    <details className="menu only-narrow push" ref={menu}>
      <summary className="btn sm">
        <Icon of={Menu} />
        Menu
      </summary>
      <nav className="menu-panel" aria-label={`${name}, menu`}>
        <Links groups={groups} />
        <h2>You</h2>
        <Link href="/account">Your account</Link>
        <Link href="/institutions">Your institutions</Link>
        <Link href={help}>Help</Link>
        <SignOut />
      </nav>
    </details>
  );
}

function Links({ groups }: { groups: readonly NavGroup[] }) {
  const path = usePathname();
  const isOpen = (href: string, exact = false): boolean => path === href || (!exact && path.startsWith(`${href}/`));
  return groups.map((group) => (
    <div key={group.title ?? ""}>
      {group.title ? <h2>{group.title}</h2> : null}
      {group.links.map(({ href, word, n, exact }) => (
        <Link key={href} href={href} aria-current={isOpen(href, exact) ? "page" : undefined}>
          {word}
          {n === undefined ? null : <span className="n">{count(n)}</span>}
        </Link>
      ))}
    </div>
  ));
}
