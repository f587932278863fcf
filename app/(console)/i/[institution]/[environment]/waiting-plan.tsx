import Link from "next/link";
import { LinkButton } from "@/app/_components/button";
import { count, counted } from "@/app/_components/counting";
import { InWords } from "@/app/_components/in-words";
import { Op, Ops } from "@/app/_components/op";
import { Facts } from "@/app/_components/page-head";
import { StateBadge } from "@/app/_components/state-badge";
import { sumOf } from "@/app/_components/sums";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { codeTitle } from "@/app/help/codes/code-title";
import { ACTIONS } from "@/server/roster/change";
import type { Console } from "./_console";
import { CommitPanel } from "./runs/[run]/commit-panel";
import { DiscardButton } from "./runs/[run]/discard-button";
import { leftOutWords } from "./runs/[run]/left-out-words";
import { kindWord, triggerWord } from "./runs/run-words";

/** The sheet of the plan that waits for a decision. */
export function WaitingPlan({ here, run }: { here: Console; run: Outputs["runs"]["get"] }) {
  const { base, zone, place, institution, can } = here;
  const report = `${base}/runs/${run.number}`;
  const both = Object.fromEntries(ACTIONS.map((action) => [action, run.selection.on[action] + run.selection.off[action]])) as Record<
    (typeof ACTIONS)[number],
    number
  >;
  const off = sumOf(run.selection.off);
  const found = run.issues.slice(0, 4);
  return (
    <section className="section sheet" aria-labelledby="waiting">
      <div className="pad">
        <div className="row wrap waiting-head">
          <h2 id="waiting">
            <Link href={report}>Run {run.number}</Link>
          </h2>
          <StateBadge state={run.state} />
          <Facts
            push
            of={[
              ["Prepared", run.preparedAt ? <When key="at" at={run.preparedAt} zone={zone} /> : null],
              ["By", `${run.by?.name ?? triggerWord(run.trigger)}, ${kindWord(run.kind)}`],
              ["Compared with", run.baseSeq ? `commit ${run.baseSeq}` : "an empty roster"],
            ]}
          />
        </div>
        <Ops counts={both} hrefOf={(action) => `${report}/actions?action=${action}`} />
        {run.verdict?.reasons.length || found.length || off > 0 ? (
          <ul className="stack small waiting-remarks">
            {run.verdict?.reasons.map((reason) => (
              <li key={reason.text} className="row start">
                <Op kind="hold" />
                <span>
                  <b>
                    <InWords of={reason.text} />
                  </b>
                </span>
              </li>
            ))}
            {found.map((issue) => (
              <li key={`${issue.severity}${issue.code}${issue.entity ?? ""}`} className="row start">
                <Op kind={issue.severity === "warning" ? "warning" : "bad"} />
                <span>
                  <InWords of={codeTitle(issue.code)} />: {counted(issue.total, "row")}.{" "}
                  <Link href={`${report}/findings?code=${issue.code}`}>
                    Look at {issue.total === 1 ? "it" : `the ${count(issue.total)}`}
                  </Link>
                </span>
              </li>
            ))}
            {off > 0 ? (
              <li className="row start">
                <Op kind="wait" />
                <span>
                  {leftOutWords(run.selection)}{" "}
                  <Link href={`${report}/actions?show=off`}>Look at {off === 1 ? "it" : `the ${count(off)}`}</Link>
                </span>
              </li>
            ) : null}
          </ul>
        ) : null}
      </div>
      <div className="pad row wrap waiting-foot">
        <LinkButton kind="go" href={run.state === "held" ? report : `${report}/actions`}>
          {run.state === "held" ? "See why it is held" : `Review ${counted(sumOf(both), "change")}`}
        </LinkButton>
        {can("run:commit") && run.state === "ready" ? (
          <CommitPanel
            place={place}
            institutionName={institution.name}
            number={run.number}
            selection={run.selection}
            next={run.next}
            look="plain"
          />
        ) : null}
        {can("run:discard") ? <DiscardButton place={place} number={run.number} /> : null}
      </div>
    </section>
  );
}
