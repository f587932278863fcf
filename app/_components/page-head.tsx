import Link from "next/link";
import type { ReactNode } from "react";

/** What is true now, as a sentence: the page's h1, once a page, with the line below that qualifies it. */
export function Verdict({ children, lede }: { children: ReactNode; lede?: ReactNode }) {
  return (
    <>
      <h1 className="verdict">{children}</h1>
      {lede ? <p className="lede">{lede}</p> : null}
    </>
  );
}

/** The h1 of a page that is about one thing, with its state beside it and its facts below. */
export function Title({ children, beside, lede }: { children: ReactNode; beside?: ReactNode; lede?: ReactNode }) {
  return (
    <>
      <div className="row wrap">
        <h1 className="title">{children}</h1>
        {beside}
      </div>
      {lede ? <p className="lede">{lede}</p> : null}
    </>
  );
}

/** The way back up; the last step is this page. */
export function Crumbs({ up, here }: { up: readonly { href: string; word: ReactNode }[]; here: ReactNode }) {
  return (
    <nav className="crumbs" aria-label="Breadcrumb">
      <ol>
        {up.map((step) => (
          <li key={step.href}>
            <Link href={step.href}>{step.word}</Link>
          </li>
        ))}
        <li>
          <span aria-current="page">{here}</span>
        </li>
      </ol>
    </nav>
  );
}

/** Short facts in one line that wraps. A fact without a value is left away. */
export function Facts({ of, push = false }: { of: readonly (readonly [string, ReactNode])[]; push?: boolean }) {
  return (
    <dl className={push ? "facts push" : "facts facts-below"}>
      {of
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
