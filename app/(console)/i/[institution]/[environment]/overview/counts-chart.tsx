import { count, counted } from "@/app/_components/counting";
import { Scroll } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";

type Point = Outputs["overview"]["get"]["points"][number];
type Kind = keyof Point["counts"];

const WIDTH = 240;
const HEIGHT = 72;
const MARGIN = 6;

interface CountsChartProps {
  kinds: readonly { kind: Kind; word: string }[];
  points: readonly Point[];
  zone: string;
}

/** What the last runs read, a small drawing for each kind with its own scale, and the same figures as a table. */
export function CountsChart({ kinds, points, zone }: CountsChartProps) {
  return (
    <>
      <div className="charts">
        {kinds.map(({ kind, word }) => (
          <Line key={kind} word={word} values={points.map((point) => point.counts[kind])} />
        ))}
      </div>
      <details className="section">
        <summary>The figures as a table</summary>
        <Scroll label="Rows read by run">
          <table className="ledger small" aria-label="Rows read by run">
            <thead>
              <tr>
                <th scope="col">Run</th>
                <th scope="col">When</th>
                {kinds.map(({ kind, word }) => (
                  <th key={kind} scope="col" className="num">
                    {word}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {points.toReversed().map((point) => (
                <tr key={point.run}>
                  <th scope="row">{point.run}</th>
                  <td className="nowrap">
                    <When at={point.at} zone={zone} />
                  </td>
                  {kinds.map(({ kind }) => (
                    <td key={kind} className="num">
                      {count(point.counts[kind])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </details>
    </>
  );
}

function Line({ word, values }: { word: string; values: readonly number[] }) {
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const range = highest - lowest;
  const x = (index: number): number => (values.length === 1 ? WIDTH / 2 : MARGIN + (index / (values.length - 1)) * (WIDTH - 2 * MARGIN));
  const y = (value: number): number => (range === 0 ? HEIGHT / 2 : HEIGHT - MARGIN - ((value - lowest) / range) * (HEIGHT - 2 * MARGIN));
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  const latest = values.at(-1) ?? 0;
  const label = `${word}, last ${counted(values.length, "run")}: lowest ${count(lowest)}, highest ${count(highest)}, newest ${count(latest)}`;
  return (
    <figure className="chart">
      <figcaption className="row">
        <b>{word}</b> <span className="push">{count(latest)}</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        <path className="floor" d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
        <polyline points={points.join(" ")} />
        <circle cx={x(values.length - 1)} cy={y(latest)} r="3" />
      </svg>
      <p className="small muted row">
        <span>lowest {count(lowest)}</span> <span className="push">highest {count(highest)}</span>
      </p>
    </figure>
  );
}
