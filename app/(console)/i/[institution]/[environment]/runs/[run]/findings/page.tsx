import { Download } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { z } from "zod";
import { LinkButton } from "@/app/_components/button";
import { counted } from "@/app/_components/counting";
import { Icon } from "@/app/_components/icon";
import { Crumbs, Title } from "@/app/_components/page-head";
import { Scroll } from "@/app/_components/section";
import { Value } from "@/app/_components/value";
import { ENTITY_WORDS } from "@/app/_components/words";
import { api, asked } from "@/app/_trpc/server";
import { codeTitle } from "@/app/help/codes/code-title";
import { Severity } from "@/app/help/codes/severity";
import { ENTITIES } from "@/server/roster/entities";
import { isIssueCode } from "@/server/roster/issue-codes";
import { type RunParams, runOf } from "../_run";

export const metadata: Metadata = { title: "Findings" };

const one = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** What the address may ask for; anything else in it is left out. */
const Address = z.object({
  code: one(z.string().refine(isIssueCode)),
  entity: one(z.enum(ENTITIES)),
  severity: one(z.enum(["refusal", "error", "warning"])),
  after: one(z.coerce.number().int().positive()),
});

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
          ? `${codeTitle(filter.code)}: ${counted(page.total ?? page.rows.length, "row")}`
          : `${counted(page.total ?? page.rows.length, "finding")} in the data of run ${run.number}`}
      </Title>
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
        {filter.code || filter.entity ? (
          <LinkButton size="sm" href={`${report}/findings`}>
            Show every finding
          </LinkButton>
        ) : null}
        <a className="small push row hit2" href={`${report}/bad-rows.csv`} download>
          <Icon of={Download} />
          The bad rows as CSV
        </a>
      </div>
      {page.rows.length === 0 ? (
        <p className="lede">Nothing fits this filter.</p>
      ) : (
        <Scroll label="Findings">
          <table className="ledger small" aria-label="Findings">
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
                  <td>
                    <Severity of={issue.severity} />{" "}
                    <Link prefetch={false} href={`/help/codes/${issue.code}`}>
                      {codeTitle(issue.code)}
                    </Link>
                  </td>
                  <td>{issue.column ? <code>{issue.column}</code> : null}</td>
                  <td>{issue.seen === null ? null : <Value of={issue.seen} />}</td>
                  <td>
                    {issue.sourceKey ? (
                      <code>
                        <Value of={issue.sourceKey} />
                      </code>
                    ) : null}
                    {issue.entity ? <span className="sub">{ENTITY_WORDS[issue.entity].one}</span> : null}
                  </td>
                  <td>{issue.detail}</td>
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

function CodeLede({ code }: { code: string }) {
  return <Link href={`/help/codes/${code}`}>What it means and how to mend it in your SIS</Link>;
}
