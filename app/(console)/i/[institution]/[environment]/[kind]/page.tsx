import type { Metadata } from "next";
import Link from "next/link";
import { z } from "zod";
import { LinkButton } from "@/app/_components/button";
import { count, counted } from "@/app/_components/counting";
import { Empty } from "@/app/_components/empty";
import { environmentWord } from "@/app/_components/env";
import { Verdict } from "@/app/_components/page-head";
import { api, asked } from "@/app/_trpc/server";
import { type Console, type ConsoleParams, consoleOf } from "../_console";
import { type Kind, kindOf } from "./_kinds";
import { RosterFilters } from "./roster-filters";
import { RosterTable } from "./roster-table";

interface RosterPageProps {
  params: Promise<ConsoleParams & { kind: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

const one = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const Address = z.object({
  text: one(z.string().trim().min(1).max(100)),
  school: one(z.string().min(1).max(255)),
  archived: one(z.literal("1")),
  after: one(z.string().max(500)),
});
export type RosterAddress = z.infer<typeof Address>;

export async function generateMetadata({ params }: RosterPageProps): Promise<Metadata> {
  const kind = kindOf((await params).kind);
  return { title: (await consoleOf(params)).words[kind].title };
}

/** One of the four lists of the roster as it stands now, a page at a time. */
export default async function RosterPage({ params, searchParams }: RosterPageProps) {
  const kind = kindOf((await params).kind);
  const here = await consoleOf(params);
  const { place, base, environment } = here;
  const address = Address.parse(await searchParams);
  const ask = await api();
  const [page, schools] = await Promise.all([
    asked(
      ask.roster.list({
        ...place,
        kind,
        text: address.text,
        school: address.school,
        archived: address.archived === "1",
        after: address.after,
      }),
    ),
    ask.roster.schools(place),
  ]);
  const words = here.words[kind];
  const isNarrow = address.text !== undefined || address.school !== undefined || address.archived !== undefined;
  if (environment.headSeq === 0) {
    return (
      <main id="main" className="main">
        <Verdict>{`There are no ${words.many} in ${environmentWord(place.environment)} yet.`}</Verdict>
        <NothingYet here={here} words={words} />
      </main>
    );
  }
  const next = new URLSearchParams(
    Object.entries({ ...address, after: page.nextCursor ?? undefined }).flatMap(([key, value]) => (value ? [[key, String(value)]] : [])),
  );
  return (
    <main id="main" className="main">
      <Verdict>{sentence({ here, kind, total: page.total ?? null, isNarrow })}</Verdict>
      <RosterFilters path={`${base}/${kind}`} kind={kind} address={address} schools={schools} words={here.words} />
      {page.rows.length === 0 ? (
        <p className="lede">{isNarrow ? `No ${words.one} fits this filter.` : `There are no ${words.many}.`}</p>
      ) : (
        <RosterTable base={base} page={page} words={here.words} />
      )}
      <nav className="row wrap pages" aria-label="Pages">
        {address.after ? (
          <LinkButton size="sm" href={`${base}/${kind}`}>
            First page
          </LinkButton>
        ) : null}
        {page.nextCursor ? (
          <LinkButton size="sm" href={`${base}/${kind}?${next}`}>
            Next {count(page.rows.length)}
          </LinkButton>
        ) : null}
      </nav>
    </main>
  );
}

interface SentenceProps {
  here: Console;
  kind: Kind;
  total: number | null;
  isNarrow: boolean;
}

function sentence({ here, kind, total, isNarrow }: SentenceProps): string {
  const { one: single, many } = here.words[kind];
  const where = environmentWord(here.place.environment);
  if (isNarrow)
    return total === null
      ? `Some of the ${many} in ${where}`
      : `${counted(total, single, many)} in ${where} fit${total === 1 ? "s" : ""} this filter.`;
  return `${where} has ${counted(here.environment.counts[kind] ?? total ?? 0, `active ${single}`, `active ${many}`)}.`;
}

function NothingYet({ here, words }: { here: Console; words: { many: string } }) {
  const { place, base, can } = here;
  if (place.environment === "production") {
    return (
      <Empty title="Production fills through an approved promotion">
        Until then classrooms read nothing from here, and you rehearse in Preview.
      </Empty>
    );
  }
  return (
    <Empty
      title={`The ${words.many} of your files appear here after the first commit`}
      action={
        can("delivery:create") ? (
          <LinkButton kind="go" href={`${base}/upload`}>
            Send files
          </LinkButton>
        ) : (
          <Link href={base}>See the status</Link>
        )
      }
    >
      Send a OneRoster export, look at what it would change, and commit it.
    </Empty>
  );
}
