import type { Outputs } from "@/app/_trpc/outputs";
import { Op } from "./op";
import { PlanStep } from "./plan-step";
import { When } from "./when";

type Line = Outputs["onboarding"]["timeline"][number];

interface OnboardingTimelineProps {
  lines: readonly Line[];
  zone: string;
  /** Who may set owners and dates here, and for whom; null: nobody. */
  plan: { side: "institution" | "vendor"; institution: string } | null;
}

const TEAMS: Record<Line["team"], string> = { institution: "Institution", vendor: "Vendor", both: "Both sides" };
const STATES: Record<Line["state"], string> = {
  done: "Done",
  due: "Next",
  later: "Later",
  agreed: "Agreed",
  notNeeded: "Not needed",
};
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

/** The seven steps to Production with who owes each and by when: the same for the institution and for the vendor. */
export function OnboardingTimeline({ lines, zone, plan }: OnboardingTimelineProps) {
  return (
    <table className="ledger fold seven-steps">
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">State</th>
          <th scope="col">Who</th>
          <th scope="col">When</th>
          {plan === null ? null : (
            <th scope="col">
              <span className="vh">Plan</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {lines.map((line, index) => (
          <tr key={line.step} className={line.state === "due" ? "due" : undefined}>
            <th scope="row">
              {index + 1}. {line.title}
              <span className="sub">{line.text}</span>
            </th>
            <td data-l="State">
              <Op kind={line.state === "done" ? "ok" : line.state === "due" ? "env-op" : "wait"}>{STATES[line.state]}</Op>
            </td>
            <td data-l="Who">
              {TEAMS[line.team]}
              {line.owner === null ? null : (
                <span className="sub">
                  <bdi>{line.owner}</bdi>
                </span>
              )}
            </td>
            <td data-l="When">
              {line.at ? <When at={line.at} zone={zone} /> : line.dueOn ? <span>by {DAY.format(new Date(line.dueOn))}</span> : "no date"}
            </td>
            {plan === null ? null : (
              <td data-l="Plan">
                {line.state === "done" ? null : (
                  <PlanStep plan={plan} line={{ step: line.step, title: line.title, owner: line.owner, dueOn: line.dueOn }} />
                )}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
