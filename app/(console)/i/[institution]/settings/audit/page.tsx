import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { auditSentence } from "@/app/_components/audit-sentences";
import { AUDIT_NOUNS, actorWord } from "@/app/_components/audit-words";
import { Button, LinkButton } from "@/app/_components/button";
import { count, counted } from "@/app/_components/counting";
import { Empty } from "@/app/_components/empty";
import { Note } from "@/app/_components/note";
import { Verdict } from "@/app/_components/page-head";
import { When } from "@/app/_components/when";
import type { Inputs, Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import { type SettingsParams, settingsOf } from "../_settings";

export const metadata: Metadata = { title: "Audit" };

type Search = Partial<Record<"who" | "actor" | "noun" | "from" | "to" | "before" | "walk", string>>;
type Filter = Omit<Inputs["audit"]["list"], "institution" | "before">;
const ACTORS = [
  ["member", "Members"],
  ["staff", "The vendor's staff"],
  ["handOff", "Links to one step"],
  ["system", "Rollcall by itself"],
  ["command", "At the server"],
] as const;

/** Who did what and when, with the proof that nothing of it was changed since. */
export default async function AuditPage({ params, searchParams }: { params: Promise<SettingsParams>; searchParams: Promise<Search> }) {
  const { slug, institution, zone, can } = await settingsOf(params);
  if (!can("audit:read")) notFound();
  const search = await searchParams;
  const filter = filterOf(search);
  const before = Number(search.before) || undefined;
  const { audit } = await api();
  const [{ entries, next }, chain] = await Promise.all([
    asked(audit.list({ institution: slug, ...filter, before })),
    asked(audit.verify({ institution: slug, whole: search.walk === "whole" })),
  ]);
  const base = `/i/${slug}/settings/audit`;
  const query = (more: Record<string, string>): string => new URLSearchParams({ ...words(filter), ...more }).toString();
  return (
    <main id="main" className="main">
      <Verdict lede={`Everything that somebody did at ${institution.name}, and everything that Rollcall did for them.`}>
        {chain.broken.length === 0
          ? `The chain is intact: ${counted(chain.entries, "entry", "entries")}, none changed.`
          : "The chain is broken: entries are not what they were."}
      </Verdict>
      <ChainProof chain={chain} zone={zone} whole={`${base}?walk=whole`} />
      <form className="audit-filters section" action={base} aria-label="Filter the audit">
        <div className="field">
          <label htmlFor="audit-who">Who</label>
          <input id="audit-who" className="input" type="search" name="who" defaultValue={filter.who} placeholder="Name or e-mail" />
        </div>
        <div className="field">
          <label htmlFor="audit-actor">Acting as</label>
          <select id="audit-actor" className="input" name="actor" defaultValue={filter.actor ?? ""}>
            <option value="">Anybody</option>
            {ACTORS.map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="audit-noun">About</label>
          <select id="audit-noun" className="input" name="noun" defaultValue={filter.noun ?? ""}>
            <option value="">Everything</option>
            {AUDIT_NOUNS.map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="audit-from">From</label>
          <input id="audit-from" className="input" type="date" name="from" defaultValue={filter.from} />
        </div>
        <div className="field">
          <label htmlFor="audit-to">To</label>
          <input id="audit-to" className="input" type="date" name="to" defaultValue={filter.to} />
        </div>
        <Button type="submit">Show</Button>
        <LinkButton href={`${base}/audit.csv?${query({})}`} prefetch={false}>
          Download as CSV
        </LinkButton>
      </form>
      {entries.length === 0 ? (
        <Empty title="No entry is like this">Leave a filter away to see more.</Empty>
      ) : (
        <Entries entries={entries} zone={zone} />
      )}
      {next === null && before === undefined ? null : (
        <nav className="row wrap section" aria-label="Pages of the audit">
          {before === undefined ? null : <LinkButton href={`${base}?${query({})}`}>Newest</LinkButton>}
          {next === null ? null : <LinkButton href={`${base}?${query({ before: String(next) })}`}>Older</LinkButton>}
        </nav>
      )}
    </main>
  );
}

/** The last hash, for keeping elsewhere; or the places that are not what they were. */
function ChainProof({ chain, zone, whole }: { chain: Outputs["audit"]["verify"]; zone: string; whole: string }) {
  if (chain.broken.length > 0) {
    return (
      <Note tone="bad" role="alert">
        <p>
          <b>Call the vendor.</b> Not as they were written:{" "}
          {chain.broken.map(({ seq, what }) => (seq === 0 ? "an entry outside the chain" : `entry ${count(seq)} (${what})`)).join(", ")}.
        </p>
      </Note>
    );
  }
  return (
    <p className="small soft section-go">
      Each entry carries the hash of the one before it. The newest hash is <code className="secret">{chain.head}</code>; keep it somewhere
      else, and nobody can change or cut what lies before it unnoticed.{" "}
      {chain.from === null ? (
        "Every entry was looked at just now."
      ) : (
        <>
          Entries up to {count(chain.from.seq)} were walked <When at={chain.from.at} zone={zone} /> and their end was written down apart;
          the later ones just now. <Link href={whole}>Walk the whole chain</Link>.
        </>
      )}
    </p>
  );
}

function Entries({ entries, zone }: { entries: Outputs["audit"]["list"]["entries"]; zone: string }) {
  return (
    <table className="ledger fold section" aria-label="Audit">
      <thead>
        <tr>
          <th scope="col" className="num">
            No.
          </th>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">What</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.seq}>
            <th scope="row" className="num">
              {count(entry.seq)}
            </th>
            <td data-l="When">
              <When at={entry.at} zone={zone} />
            </td>
            <td data-l="Who">
              <span>
                <bdi>{actorWord(entry.actor, entry.name)}</bdi>
                {entry.actor === "staff" ? <span className="sub">vendor staff</span> : null}
              </span>
            </td>
            <td data-l="What">
              <bdi>{auditSentence(entry)}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Only what the page itself offers; anything else of an address is left away. */
function filterOf(search: Search): Filter {
  const actor = ACTORS.find(([value]) => value === search.actor)?.[0];
  const noun = AUDIT_NOUNS.find(([value]) => value === search.noun)?.[0];
  return {
    ...(search.who ? { who: search.who.slice(0, 100) } : {}),
    ...(actor ? { actor } : {}),
    ...(noun ? { noun } : {}),
    ...(search.from && DAY.test(search.from) ? { from: search.from } : {}),
    ...(search.to && DAY.test(search.to) ? { to: search.to } : {}),
  };
}

const words = (filter: Filter): Record<string, string> =>
  Object.fromEntries(Object.entries(filter).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
