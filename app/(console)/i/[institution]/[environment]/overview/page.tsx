import type { Metadata } from "next";
import Link from "next/link";
import { count, counted } from "@/app/_components/counting";
import { Env, environmentWord } from "@/app/_components/env";
import { Verdict } from "@/app/_components/page-head";
import { Scroll, Section } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import { ENVIRONMENTS, type EnvironmentName } from "@/server/roster/run";
import { type Console, type ConsoleParams, consoleOf } from "../_console";
import { CountsChart } from "./counts-chart";

export const metadata: Metadata = { title: "Overview" };

type Overview = Outputs["overview"]["get"];
type Kind = keyof Overview["environments"]["preview"]["counts"];

/** How much of everything there is here, beside the other environment and the source. */
export default async function OverviewPage({ params }: { params: Promise<ConsoleParams> }) {
  const here = await consoleOf(params);
  const { place, base, zone } = here;
  const overview = await asked((await api()).overview.get(place));
  const kinds = kindsOf(here);
  const { source, prepared, points } = overview;
  return (
    <main id="main" className="main">
      <Verdict lede={<Lede here={here} overview={overview} />}>{sentence(here, overview)}</Verdict>
      <Section id="overview-counts" title="Counts">
        <Scroll label="Counts">
          <table className="ledger mid fold" aria-label="Counts">
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col" className="num">
                  {source ? <Link href={`${base}/runs/${source.run}`}>Source, run {source.run}</Link> : "Source"}
                </th>
                {ENVIRONMENTS.map((name) => (
                  <th key={name} scope="col" className="num">
                    <Env name={name} />
                  </th>
                ))}
                {prepared ? (
                  <th scope="col" className="num">
                    <Link href={`${base}/runs/${prepared.run}`}>After run {prepared.run}</Link>
                  </th>
                ) : null}
              </tr>
            </thead>
            <tbody>
              {kinds.map(({ kind, word, tab }) => (
                <tr key={kind}>
                  <th scope="row">{word}</th>
                  <td className="num soft" data-l="Source">
                    {source ? count(source.counts[kind]) : "–"}
                  </td>
                  {ENVIRONMENTS.map((name) => (
                    <td key={name} className={name === place.environment ? "num strong" : "num"} data-l={environmentWord(name)}>
                      <Figure n={overview.environments[name].counts[kind]} href={tab ? hrefOf(place.institution, name, tab) : null} />
                    </td>
                  ))}
                  {prepared ? (
                    <td className="num soft" data-l={`After run ${prepared.run}`}>
                      {countOr(prepared.counts[kind])}
                    </td>
                  ) : null}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
        <p className="hint">
          The source column counts the rows that the newest run read; rows that ended or are in error are among them. Organizations above
          the {here.words.schools.many} stand with the {here.words.schools.many} there.
        </p>
      </Section>
      {points.length === 0 ? null : (
        <Section
          id="overview-runs"
          title={points.length === 1 ? "What the first run read" : `What the last ${counted(points.length, "run")} read`}
        >
          <CountsChart kinds={kinds} points={points} zone={zone} />
        </Section>
      )}
    </main>
  );
}

interface KindLine {
  kind: Kind;
  word: string;
  /** The tab that lists them; null: no tab of its own. */
  tab: string | null;
}

function kindsOf({ words }: Console): KindLine[] {
  return [
    { kind: "schools", word: words.schools.title, tab: "schools" },
    { kind: "teachers", word: words.teachers.title, tab: "teachers" },
    { kind: "students", word: words.students.title, tab: "students" },
    { kind: "people", word: "People in all", tab: null },
    { kind: "classes", word: words.classes.title, tab: "classes" },
    { kind: "courses", word: "Courses", tab: null },
    { kind: "terms", word: "Terms", tab: null },
    { kind: "enrollments", word: "Enrollments", tab: null },
  ];
}

const hrefOf = (institution: string, environment: EnvironmentName, tab: string): string => `/i/${institution}/${environment}/${tab}`;

function Figure({ n, href }: { n: number; href: string | null }) {
  if (href === null) return n === 0 ? <span className="zero">0</span> : count(n);
  return (
    <Link prefetch={false} className={n === 0 ? "hit zero" : "hit"} href={href}>
      {count(n)}
    </Link>
  );
}

const countOr = (n: number | undefined): string => (n === undefined ? "–" : count(n));

function sentence({ place, environment, words }: Console, { prepared, environments }: Overview): string {
  const where = environmentWord(place.environment);
  const { students, teachers, classes } = environments[place.environment].counts;
  if (environment.headSeq > 0) {
    const of = (n: number, kind: "students" | "teachers" | "classes"): string => counted(n, words[kind].one, words[kind].many);
    return `${where} has ${of(students, "students")}, ${of(teachers, "teachers")} and ${of(classes, "classes")}.`;
  }
  if (prepared) return `${where} has nobody yet; ${count(prepared.counts.people ?? 0)} people are prepared.`;
  return `${where} is empty: nothing was committed yet.`;
}

function Lede({ here, overview }: { here: Console; overview: Overview }) {
  const { committedAt } = overview.environments[here.place.environment];
  return committedAt ? (
    <>
      Last committed <When at={committedAt} zone={here.zone} />. Each count opens its list.
    </>
  ) : (
    "Nothing was ever committed here."
  );
}
