import { ProgressBar } from "@/app/_components/bars";
import { count } from "@/app/_components/counting";
import { Op } from "@/app/_components/op";
import type { Outputs } from "@/app/_trpc/outputs";
import type { RunState } from "@/server/roster/run";

type Phase = Outputs["runs"]["progress"]["phases"][number];

const STEPS = [
  { phase: "collect", state: "collecting", word: "Collect" },
  { phase: "load", state: "loading", word: "Load" },
  { phase: "check", state: "checking", word: "Check" },
  { phase: "compare", state: "comparing", word: "Compare" },
] as const;

interface PhasesProps {
  state: RunState;
  phases: readonly Phase[];
}

/** The phases in a line. Counts are those that the step wrote itself; nothing is estimated into a percentage. */
export function Phases({ state, phases }: PhasesProps) {
  if (state === "committing") return null;
  const now = STEPS.findIndex((step) => step.state === state);
  return (
    <ol className="phases" aria-label="Phases">
      {STEPS.map(({ phase, state: during, word }, index) => {
        const rows = phases.filter((row) => row.phase === phase);
        const isNow = state === during;
        return (
          <li key={phase} className={isNow ? "now" : undefined} aria-current={isNow ? "step" : undefined}>
            <b>
              {index + 1} {word}
            </b>
            <span>
              {rows.length === 0
                ? isNow
                  ? "starting"
                  : "not started"
                : totals(rows, { isOver: index < now, unit: phase === "collect" ? "files" : "rows" })}
            </span>
          </li>
        );
      })}
      <li>
        <b>Ready for review</b>
        <span>you decide</span>
      </li>
    </ol>
  );
}

/** "42,080 of 384,000 rows", and whether that was all. */
function totals(rows: readonly Phase[], of: { isOver: boolean; unit: string }): string {
  const done = rows.reduce((sum, row) => sum + row.done, 0);
  const expected = rows.reduce<number | null>((sum, row) => (sum === null || row.expected === null ? null : sum + row.expected), 0);
  if (of.isOver) return `${count(done)} ${of.unit}, done`;
  return expected === null || expected <= done ? `${count(done)} ${of.unit} so far` : `${count(done)} of ${count(expected)} ${of.unit}`;
}

/** What the phase at work has done, file by file. */
export function PhaseTable({ state, phases }: PhasesProps) {
  const step = STEPS.find((one) => one.state === state);
  const rows = phases.filter((row) => row.phase === (step?.phase ?? "commit"));
  if (rows.length === 0) return null;
  return (
    <section className="section" aria-labelledby="phase">
      <header>
        <h2 id="phase">{step?.word ?? "Commit"}</h2>
      </header>
      <table className="ledger first mid fold" aria-labelledby="phase">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" className="num">
              Rows
            </th>
            <th scope="col" className="num">
              Of
            </th>
            <th scope="col" className="bar-column">
              Progress
            </th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.item}>
              <th scope="row">{row.item || "All together"}</th>
              <td className="num" data-l="Rows">
                {count(row.done)}
              </td>
              <td className="num soft" data-l="Of">
                {row.expected === null ? "not known" : count(row.expected)}
              </td>
              <td className="bar-column">
                <ProgressBar label={row.item || "All together"} value={row.done} of={row.endedAt ? Math.max(row.done, 1) : row.expected} />
              </td>
              <td data-l="State">{row.endedAt ? <Op kind="ok">Done</Op> : <Op kind="env-op">At work</Op>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
