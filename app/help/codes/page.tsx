import type { Metadata } from "next";
import Link from "next/link";
import { helpHref } from "@/app/_components/help-href";
import { Title } from "@/app/_components/page-head";
import { ISSUE_CODES } from "@/server/roster/issue-codes";
import { inWords } from "@/server/roster/labels";
import { type HelpSearch, helpWords } from "./help-words";
import { SEVERITY_WORDS, Severity } from "./severity";

export const metadata: Metadata = { title: "What each finding means" };

/** Every finding that a run can report, the gravest first. */
export default async function CodesPage({ searchParams }: HelpSearch) {
  const { of, words } = await helpWords(searchParams);
  const codes = Object.entries(ISSUE_CODES);
  return (
    <>
      <Title lede="Every row of your files is checked. Here is each thing that can be found, what it means, and how to mend it in your SIS.">
        What each finding means
      </Title>
      {(["refusal", "error", "warning"] as const).map((severity) => (
        <section key={severity} className="section" aria-labelledby={severity}>
          <header>
            <h2 id={severity}>
              <Severity of={severity} />
            </h2>
            <span className="small muted">{SEVERITY_WORDS[severity].sentence}</span>
          </header>
          <table className="ledger fold" aria-labelledby={severity}>
            <thead>
              <tr>
                <th scope="col">Finding</th>
                <th scope="col">Code</th>
              </tr>
            </thead>
            <tbody>
              {codes
                .filter(([, help]) => help.severity === severity)
                .map(([code, help]) => (
                  <tr key={code}>
                    <th scope="row">
                      <Link className="hit" prefetch={false} href={helpHref(of, code)}>
                        {inWords(help.title, words)}
                      </Link>
                    </th>
                    <td>
                      <code className="muted">{code}</code>
                    </td>
                  </tr>
                ))}
            </tbody>
          </table>
        </section>
      ))}
    </>
  );
}
