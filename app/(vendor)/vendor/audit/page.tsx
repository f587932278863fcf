import type { Metadata } from "next";
import Link from "next/link";
import { auditSentence } from "@/app/_components/audit-sentences";
import { actorWord } from "@/app/_components/audit-words";
import { LinkButton } from "@/app/_components/button";
import { Empty } from "@/app/_components/empty";
import { Title } from "@/app/_components/page-head";
import { Scroll } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import { api, asked } from "@/app/_trpc/server";

export const metadata: Metadata = { title: "Audit" };

type Search = Partial<Record<"of" | "institution" | "at" | "key", string>>;
const MOMENT = /^\d{4}-\d{2}-\d{2}T[\d:.]+[+-]\d{2}:\d{2}$/;

/** What staff did, at every institution and about each other; or what anybody did, without the names of institutions' people. */
export default async function StaffAuditPage({ searchParams }: { searchParams: Promise<Search> }) {
  const search = await searchParams;
  const of = search.of === "all" ? "all" : "staff";
  const institution = search.institution === undefined || search.institution === "" ? undefined : search.institution.slice(0, 63);
  const before = search.at && MOMENT.test(search.at) && search.key ? { at: search.at, key: search.key.slice(0, 40) } : undefined;
  const { entries, next } = await asked((await api()).vendor.audit({ of, institution, before }));
  const href = (change: Record<string, string>): string =>
    `/vendor/audit?${new URLSearchParams({ of, ...(institution ? { institution } : {}), ...change })}`;
  return (
    <>
      <Title lede="Who, what and when, with ids. An institution's people read the whole of theirs on their own page, with its chain.">
        {of === "staff" ? "What staff did" : "What anybody did"}
        {institution ? ` at ${institution}` : ""}
      </Title>
      <p className="row wrap section-go">
        <LinkButton href={href({ of: of === "staff" ? "all" : "staff" })}>
          {of === "staff" ? "Show everybody" : "Show staff only"}
        </LinkButton>
        {institution ? <LinkButton href={`/vendor/audit?of=${of}`}>Every institution</LinkButton> : null}
      </p>
      {entries.length === 0 ? (
        <Empty title="Nothing yet">What is done appears here.</Empty>
      ) : (
        <div className="section">
          <Scroll label="Audit">
            <table className="ledger fold" aria-label="Audit">
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">Who</th>
                  <th scope="col">What</th>
                  <th scope="col">Institution</th>
                </tr>
              </thead>
              <tbody>
                {entries.map((entry) => (
                  <tr key={entry.key}>
                    <td data-l="When" className="nowrap">
                      <When at={entry.at} zone="UTC" />
                    </td>
                    <td data-l="Who">
                      <bdi>{actorWord(entry.actor, entry.name)}</bdi>
                    </td>
                    <td data-l="What">{auditSentence({ ...entry, about: null })}</td>
                    <td data-l="Institution">
                      {entry.institution ? (
                        <Link href={`/vendor/institutions/${entry.institution.slug}`} prefetch={false}>
                          <bdi>{entry.institution.name}</bdi>
                        </Link>
                      ) : (
                        <span className="soft">the staff</span>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </div>
      )}
      {next === null && before === undefined ? null : (
        <nav className="row wrap section" aria-label="Pages of the audit">
          {before === undefined ? null : <LinkButton href={href({})}>Newest</LinkButton>}
          {next === null ? null : <LinkButton href={href({ at: next.at, key: next.key })}>Older</LinkButton>}
        </nav>
      )}
    </>
  );
}
