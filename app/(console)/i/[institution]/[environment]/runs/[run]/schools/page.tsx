import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { LinkButton } from "@/app/_components/button";
import { count, counted } from "@/app/_components/counting";
import { grouped } from "@/app/_components/grouped";
import { InWords } from "@/app/_components/in-words";
import { Crumbs, Title } from "@/app/_components/page-head";
import { Scroll } from "@/app/_components/section";
import { Value } from "@/app/_components/value";
import { ENTITY_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";
import { ENTITIES } from "@/server/roster/entities";
import { type RunParams, runOf } from "../_run";
import { PartFigures, PartHeads } from "../tie-out-parts";

export const metadata: Metadata = { title: "Rows by school" };

type Line = Outputs["runs"]["get"]["schoolsTieOut"][number];

/** So many schools stand on a page: a district may have hundreds, each with a line for every type. */
const SCHOOLS_MAX = 25;
const PageNumber = z.coerce.number().int().positive().max(1_000).catch(1);

interface SchoolsOfRunProps {
  params: Promise<RunParams>;
  searchParams: Promise<{ page?: string | string[] }>;
}

/** Per school and type: every row that was read, and where it went. */
export default async function SchoolsOfRunPage({ params, searchParams }: SchoolsOfRunProps) {
  const { here, run, report } = await runOf(params);
  const { base, words } = here;
  const page = PageNumber.parse((await searchParams).page);
  const schools = [...grouped(run.schoolsTieOut, (line) => line.key)];
  const shown = schools.slice((page - 1) * SCHOOLS_MAX, page * SCHOOLS_MAX);
  if (shown.length === 0) notFound();
  const first = (page - 1) * SCHOOLS_MAX + 1;
  // Rows of no school come last, under an empty key.
  const named = shown.filter(([key]) => key !== "").length;
  const all = schools.filter(([key]) => key !== "").length;
  return (
    <main id="main" className="main wide">
      <Crumbs
        up={[
          { href: `${base}/runs`, word: "Runs" },
          { href: report, word: `Run ${run.number}` },
        ]}
        here={words.schools.title}
      />
      <Title lede="Rows read = the five figures beside it.">
        Where every row of run {run.number} went, by {words.schools.one}
      </Title>
      <div className="section">
        <Scroll label={`Where every row went, by ${words.schools.one}`}>
          <table className="ledger mid small first fold by-school" aria-label={`Where every row went, by ${words.schools.one}`}>
            <thead>
              <tr>
                <th scope="col">{words.schools.title}</th>
                <th scope="col">Type</th>
                <PartHeads run={run} />
              </tr>
            </thead>
            {shown.map(([key, lines]) => (
              <tbody key={key}>
                {inOrder(lines).map((line, index) => (
                  <tr key={line.entity}>
                    {index === 0 ? (
                      <th scope="rowgroup" rowSpan={lines.length}>
                        {key === "" ? `No ${words.schools.one}` : <Value of={nameOf(line)} />}
                      </th>
                    ) : null}
                    <td data-l="Type">
                      <InWords of={ENTITY_WORDS[line.entity].title} />
                    </td>
                    <PartFigures counts={line.counts} run={run} of={{ base, report, entity: line.entity, school: key }} />
                  </tr>
                ))}
              </tbody>
            ))}
          </table>
        </Scroll>
        <nav className="row wrap pages" aria-label="Pages">
          {page > 1 ? (
            <LinkButton size="sm" href={`${report}/schools?page=${page - 1}`}>
              Previous
            </LinkButton>
          ) : null}
          <span className="small soft">
            {named === 0
              ? `Rows of no ${words.schools.one}`
              : `${count(first)} to ${count(first + named - 1)} of ${counted(all, words.schools.one, words.schools.many)}`}
          </span>
          {first + shown.length <= schools.length ? (
            <LinkButton size="sm" href={`${report}/schools?page=${page + 1}`}>
              Next
            </LinkButton>
          ) : null}
        </nav>
      </div>
    </main>
  );
}

/** The same types in the same order at each school, so that figures can be compared down the page. */
const inOrder = (lines: readonly Line[]): Line[] => lines.toSorted((a, b) => ENTITIES.indexOf(a.entity) - ENTITIES.indexOf(b.entity));

const nameOf = (line: Line): string => line.name ?? line.key;
