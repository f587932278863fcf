import Link from "next/link";
import { LinkButton } from "@/app/_components/button";
import type { Console } from "./_console";

/** Which feeds are on, and the way to their options and their switch. */
export function Integration({ here }: { here: Console }) {
  const { institution, place, can } = here;
  const configure = `/i/${place.institution}/configure`;
  if (institution.feeds.length + institution.switchedOff.length === 0) return null;
  return (
    <section aria-labelledby="integration">
      <header>
        <h2 id="integration">Integration</h2>
        <Link className="push hit2" href={configure}>
          Configure
        </Link>
      </header>
      <ul className="stack facts-list">
        {institution.feeds.map((feed) => (
          <li key={feed.id}>
            <bdi>{feed.name}</bdi>
            {feed.name === feed.label ? null : `, ${feed.label}`}: <b>on</b>
          </li>
        ))}
        {institution.switchedOff.map((feed) => (
          <li key={feed.id}>
            <bdi>{feed.name}</bdi>: <b>switched off</b>, no runs; what it brought stays
          </li>
        ))}
      </ul>
      {can("feed:manage") ? (
        <p className="row wrap aside-action">
          {institution.feeds.map((feed) => (
            <LinkButton
              key={feed.id}
              size="sm"
              kind="danger"
              href={`${configure}?feed=${feed.id}#disable`}
              aria-label={`Disable ${feed.name}…`}
            >
              Disable…
            </LinkButton>
          ))}
          {institution.switchedOff.map((feed) => (
            <LinkButton key={feed.id} size="sm" href={`${configure}?feed=${feed.id}`} aria-label={`Enable ${feed.name}`}>
              Enable
            </LinkButton>
          ))}
        </p>
      ) : null}
    </section>
  );
}
