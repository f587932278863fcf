import { Download } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { z } from "zod";
import { LinkButton } from "@/app/_components/button";
import { count, counted } from "@/app/_components/counting";
import { HelpLink } from "@/app/_components/help-link";
import { Icon } from "@/app/_components/icon";
import { InWords } from "@/app/_components/in-words";
import { Crumbs, Title } from "@/app/_components/page-head";
import { Scroll } from "@/app/_components/section";
import { Value } from "@/app/_components/value";
import { ENTITY_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import { codeTitle } from "@/app/help/codes/code-title";
import { Severity } from "@/app/help/codes/severity";
import { ENTITIES } from "@/server/roster/entities";
import { isIssueCode } from "@/server/roster/issue-codes";
import { inWords, type LabelWords } from "@/server/roster/labels";
import { type RunParams, runOf } from "../_run";

export const metadata: Metadata = { title: "Findings" };

const one = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** What the address may ask for; anything else in it is left out. */
const Address = z.object({
  code: one(z.string().refine(isIssueCode)),
  entity: one(z.enum(ENTITIES)),
  severity: one(z.enum(["refusal", "error", "warning"])),
  /** Empty: rows of no school. */
  school: one(z.string().max(255)),
  outcome: one(z.enum(["rejected", "ignored"])),
  after: one(z.coerce.number().int().positive()),
});

type Run = Outputs["runs"]["get"];

interface ChosenProps {
  filter: z.output<typeof Address>;
  tied: Outputs["issues"]["list"]["tied"];
  school: ReactNode;
  words: LabelWords;
}

interface FindingsPageProps {
  params: Promise<RunParams>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The findings of a run row by row, with their place in the file. */
export default async function FindingsPage({ params, searchParams }: FindingsPageProps) {
  const { here, run, report } = await runOf(params);
  const filter = Address.parse(await searchParams);
  const page = await asked((await api()).issues.list({ ...here.place, run: run.number, ...filter }));
  const { after: _, ...asks } = filter;
  const query = new URLSearchParams(Object.entries(asks).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
  const next = new URLSearchParams(query);
  const bad = new URLSearchParams(query);
  for (const name of ["severity", "outcome", "code"]) bad.delete(name);
  if (page.nextCursor) next.set("after", String(page.nextCursor));
  return (
    <main id="main" className="main">
      <Crumbs
        up={[
          { href: `${here.base}/runs`, word: "Runs" },
          { href: report, word: `Run ${run.number}` },
        ]}
        here="Findings"
      />
      <Title
        lede={
          filter.code ? (
            <CodeLede code={filter.code} />
          ) : (
            "A row in error is left out and still counts as present; a warning drops or repairs one value."
          )
        }
      >
        {filter.code
          ? `${inWords(codeTitle(filter.code), here.words)}: ${counted(page.total ?? page.rows.length, "row")}`
          : `${counted(page.total ?? page.rows.length, "finding")} in the data of run ${run.number}`}
      </Title>
      <Chosen filter={filter} tied={page.tied} school={schoolName(run, filter.school)} words={here.words} />
      <div className="filters">
        <fieldset className="facets" aria-label="By weight">
          {(["all", "refusal", "error", "warning"] as const).map((severity) => {
            const isOn = (filter.severity ?? "all") === severity;
            const to = new URLSearchParams(query);
            to.delete("severity");
            if (severity !== "all") to.set("severity", severity);
            return (
              <Link key={severity} href={`${report}/findings?${to}`} aria-current={isOn ? "true" : undefined} prefetch={false}>
                {severity === "all" ? "All" : <Severity of={severity} />}
              </Link>
            );
          })}
        </fieldset>
        {filter.code || filter.entity || filter.outcome || filter.school !== undefined ? (
          <LinkButton size="sm" href={`${report}/findings`}>
            Show every finding
          </LinkButton>
        ) : null}
        {run.issues.some((issue) => issue.severity === "error") ? (
          <a className="small push row hit2" href={`${report}/bad-rows.csv?${bad}`} download>
            <Icon of={Download} />
            The bad rows as CSV
          </a>
        ) : null}
      </div>
      {page.rows.length === 0 ? (
        <p className="lede">
          {query.size === 0 ? "Nothing was found: every row could be read as it stands." : "Nothing fits this filter."}
        </p>
      ) : (
        <Scroll label="Findings">
          <table className="ledger small fold" aria-label="Findings">
            <thead>
              <tr>
                <th scope="col">Place</th>
                <th scope="col">Finding</th>
                <th scope="col">Column</th>
                <th scope="col">Seen</th>
                <th scope="col">Record</th>
                <th scope="col">What was found</th>
              </tr>
            </thead>
            <tbody>
              {page.rows.map((issue) => (
                <tr key={`${issue.at} ${issue.code} ${issue.column ?? ""} ${issue.sourceKey ?? ""} ${issue.detail}`}>
                  <th scope="row" className="nowrap">
                    <code>{issue.at}</code>
                  </th>
                  <td data-l="Finding">
                    <span>
                      <Severity of={issue.severity} />{" "}
                      <HelpLink code={issue.code}>
                        <InWords of={codeTitle(issue.code)} />
                      </HelpLink>
                    </span>
                  </td>
                  <td data-l="Column" className={issue.column ? undefined : "zero"}>
                    {issue.column ? <code>{issue.column}</code> : null}
                  </td>
                  <td data-l="Seen" className={issue.seen === null ? "zero" : undefined}>
                    {issue.seen === null ? null : <Value of={issue.seen} />}
                  </td>
                  <td data-l="Record">
                    <span>
                      {issue.sourceKey ? (
                        <code>
                          <Value of={issue.sourceKey} />
                        </code>
                      ) : null}
                      {issue.entity ? (
                        <span className="sub">
                          <InWords of={ENTITY_WORDS[issue.entity].one} />
                        </span>
                      ) : null}
                    </span>
                  </td>
                  <td data-l="What was found">
                    <InWords of={issue.detail} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {page.nextCursor ? (
        <nav className="row pages" aria-label="Pages">
          <LinkButton size="sm" href={`${report}/findings?${next}`}>
            Next page
          </LinkButton>
        </nav>
      ) : null}
    </main>
  );
}

/** What the list is limited to, and how many of the rows that the tie-out counts it tells of. */
function Chosen({ filter, tied, school, words }: ChosenProps) {
  const { entity, outcome } = filter;
  if (outcome === undefined && filter.school === undefined) return null;
  const many = entity === undefined ? "rows" : inWords(ENTITY_WORDS[entity].many, words);
  const kind = outcome === undefined ? "" : ` ${OUTCOMES[outcome]}`;
  const untold = tied === null ? 0 : Math.max(0, tied.counted - tied.listed);
  return (
    <div className="small soft">
      <p>
        {`Only ${many}${kind}`}
        {filter.school === undefined ? null : filter.school === "" ? `, of no ${words.schools.one}` : <>, of {school}</>}
        {tied === null
          ? "."
          : `: ${counted(tied.counted, "row")} in the tie-out, ${count(tied.listed)} of them here with all that was found about them.`}
      </p>
      {untold > 0 ? <p>{`${counted(untold, "row")} more: ${inWords(UNTOLD[outcome ?? "rejected"], words)}`}</p> : null}
    </div>
  );
}

const OUTCOMES = { rejected: "in error", ignored: "that were ignored" } as const;

/** Why the tie-out counts rows about which nothing is listed. */
const UNTOLD = {
  rejected: "of each finding only the first 20,000 are kept one by one.",
  ignored:
    "they are of no chosen school, said anew by a later delivery of this run, or ask to delete what was never here; none of that is a finding.",
} as const;

/** The school's name as the tie-out has it, else its key. */
function schoolName(run: Run, key: string | undefined): ReactNode {
  const line = run.schoolsTieOut.find((one) => one.key === key);
  return key === undefined ? null : <Value of={line?.name ?? key} />;
}

function CodeLede({ code }: { code: string }) {
  return <HelpLink code={code}>What it means and how to mend it in your SIS</HelpLink>;
}
