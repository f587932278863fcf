import { Download } from "lucide-react";
import Link from "next/link";
import { count } from "@/app/_components/counting";
import { HelpLink } from "@/app/_components/help-link";
import { Icon } from "@/app/_components/icon";
import { InWords } from "@/app/_components/in-words";
import { Op } from "@/app/_components/op";
import { ENTITY_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";
import { codeTitle } from "@/app/help/codes/code-title";

const SEVERITIES = {
  refusal: { word: "Refused", effect: "The whole delivery was refused" },
  error: { word: "Error", effect: "Left out; counts as present" },
  warning: { word: "Warning", effect: "Read, and repaired or emptied" },
} as const;

/** What was found in the data, grouped by code, the gravest first. */
export function Findings({ report, run }: { report: string; run: Outputs["runs"]["get"] }) {
  return (
    <section aria-labelledby="findings">
      <header className="row section-head">
        <h2 id="findings">Findings in the data</h2>
        {run.issues.some((issue) => issue.severity === "error") ? (
          <a className="small push row hit2" href={`${report}/bad-rows.csv`} download>
            <Icon of={Download} />
            Only the bad rows
          </a>
        ) : null}
      </header>
      {run.detailRemovedAt === null ? null : (
        <p className="small soft">The single findings of this run are not kept any more; how many there were is.</p>
      )}
      {run.issues.length === 0 ? (
        <p className="soft">Nothing was found: every row could be read as it stands.</p>
      ) : (
        <table className="ledger first small fold" aria-labelledby="findings">
          <thead>
            <tr>
              <th scope="col">Finding</th>
              <th scope="col" className="num">
                Rows
              </th>
              <th scope="col">Effect</th>
            </tr>
          </thead>
          <tbody>
            {run.issues.map((issue) => (
              <tr key={`${issue.severity}${issue.code}${issue.entity ?? ""}`}>
                <th scope="row">
                  <Op kind={issue.severity === "warning" ? "warning" : "bad"}>{SEVERITIES[issue.severity].word}</Op>{" "}
                  <Link prefetch={false} className="hit" href={`${report}/findings?code=${issue.code}`}>
                    <InWords of={codeTitle(issue.code)} />
                  </Link>
                  <span className="sub">
                    {issue.entity ? <InWords of={`${ENTITY_WORDS[issue.entity].title}; `} /> : ""}
                    {issue.firstAt ? (
                      <>
                        first at <bdi>{issue.firstAt}</bdi>;{" "}
                      </>
                    ) : null}
                    <HelpLink code={issue.code}>what it means</HelpLink>
                  </span>
                </th>
                <td className="num" data-l="Rows">
                  {count(issue.total)}
                </td>
                <td data-l="Effect">{SEVERITIES[issue.severity].effect}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
