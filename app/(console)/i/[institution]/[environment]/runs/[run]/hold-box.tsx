import Link from "next/link";
import { ShareBar } from "@/app/_components/bars";
import { count, percent } from "@/app/_components/counting";
import { Glyph } from "@/app/_components/glyph";
import { InWords } from "@/app/_components/in-words";
import { Op } from "@/app/_components/op";
import { Scroll } from "@/app/_components/section";
import { Value } from "@/app/_components/value";
import type { Outputs } from "@/app/_trpc/outputs";
import { type EnvironmentName, readsFiles } from "@/server/roster/run";
import { HoldChoices } from "./hold-choices";
import { holdHelp } from "./hold-help";

type Run = Outputs["runs"]["get"];
type Reason = NonNullable<Run["verdict"]>["reasons"][number];

interface HoldBoxProps {
  here: { place: { institution: string; environment: EnvironmentName }; report: string; can: { override: boolean } };
  run: Run;
}

/** Why a run is held: one box a reason, each with what was found, the likely cause, and the ways out. */
export function HoldBox({ here, run }: HoldBoxProps) {
  const reasons = run.verdict?.reasons ?? [];
  if (run.state !== "held") return null;
  return reasons.map((reason, index) => {
    const isOfFiles = readsFiles(run.trigger);
    const help = holdHelp(reason, isOfFiles);
    const id = `hold-${index}`;
    return (
      <section key={reason.text} className="holdbox section" aria-labelledby={id}>
        <header>
          <Glyph name="hold" />
          <h2 id={id}>
            <InWords of={reason.text} />
          </h2>
        </header>
        <div className="hold-columns">
          <div>
            <h3>What we found</h3>
            <p>
              <InWords of={help.found} />
            </p>
            <h3>Likely cause and fix</h3>
            <p>
              <InWords of={help.cause} />
            </p>
            {reason.settled ? (
              <p className="hold-settled" role="status">
                <Op kind="ok">Decided</Op> This hold stops nothing any more: it was allowed this once, or what it held is left out.
              </p>
            ) : (
              <HoldChoices
                place={here.place}
                number={run.number}
                hold={index}
                reason={{ kind: reason.kind, count: reason.count, isOfFiles }}
                can={here.can}
              />
            )}
          </div>
          <Evidence reason={reason} report={here.report} />
        </div>
      </section>
    );
  });
}

function Evidence({ reason, report }: { reason: Reason; report: string }) {
  if (reason.of === 0) return null;
  const lines = reason.schools.map((school) => ({ ...school, share: school.of === 0 ? 0 : school.count / school.of }));
  const all = { key: "", name: "All together", count: reason.count, of: reason.of, share: reason.count / reason.of };
  // A feed's limits are written in per cent; shares are drawn.
  const limit = reason.limit === null ? undefined : reason.limit / 100;
  const full = Math.max(limit ?? 0, ...lines.map((line) => line.share), all.share) * 1.15;
  const title = reason.kind === "errors" ? "Rows in error" : "Where it happens";
  return (
    <div>
      <h3>{title}</h3>
      <Scroll label={title}>
        <table className="ledger mid first small">
          <thead>
            <tr>
              <th scope="col">
                <InWords of="School" />
              </th>
              <th scope="col" className="num">
                Rows
              </th>
              <th scope="col" className="bar-column">
                <span className="vh">Bar; </span>
                {limit === undefined ? "" : `limit ${percent(limit)}`}
              </th>
              <th scope="col" className="num">
                Share
              </th>
            </tr>
          </thead>
          <tbody>
            {[...lines, all].map((line) => (
              <tr key={line.key}>
                <th scope="row">
                  {line.key === "" || reason.kind === "errors" ? (
                    line.name
                  ) : (
                    <Link
                      prefetch={false}
                      className="hit"
                      href={`${report}/actions?${new URLSearchParams({ entity: reason.entity ?? "users", school: line.key })}`}
                    >
                      <Value of={line.name ?? line.key} />
                    </Link>
                  )}
                </th>
                <td className="num">
                  {count(line.count)} <span className="muted of">of {count(line.of)}</span>
                </td>
                <td className="bar-column">
                  <ShareBar share={line.share} limit={limit} full={full || 1} />
                </td>
                <td className="num">
                  {limit !== undefined && line.share > limit ? "‖ " : ""}
                  {percent(line.share)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </div>
  );
}
