import { count } from "./counting";

const WIDTH = 144;
const TOP = 3;
const BOTTOM = 23;

/** Counts of the last runs as a line in ink, then what the waiting plan would make of it as a dashed step and an open dot. */
export function Spark({ counts, next }: { counts: readonly number[]; next: number | null }) {
  const latest = counts.at(-1);
  if (latest === undefined) return <span className="muted small">No runs yet</span>;
  const all = next === null ? counts : [...counts, next];
  const lowest = Math.min(...all);
  const range = Math.max(...all) - lowest;
  const y = (n: number): number => (range === 0 ? BOTTOM : BOTTOM - ((n - lowest) / range) * (BOTTOM - TOP));
  const x = (index: number): number => (all.length === 1 ? WIDTH : (index / (all.length - 1)) * WIDTH);
  const points = counts.map((n, index) => `${x(index).toFixed(1)} ${y(n).toFixed(1)}`);
  const label = `Last ${counts.length} runs: lowest ${count(Math.min(...counts))}, highest ${count(Math.max(...counts))}, now ${count(latest)}`;
  return (
    <svg className="spark" viewBox="0 0 144 26" preserveAspectRatio="none" role="img" aria-label={label}>
      <path className="base" d="M0 25.5H144" />
      <path d={points.length === 1 ? `M0 ${y(latest)}L${points[0]}` : `M${points.join("L")}`} />
      {next === null ? null : (
        <>
          <path className="next" d={`M${points.at(-1)}L${WIDTH} ${y(next).toFixed(1)}`} />
          <circle cx={WIDTH - 2} cy={y(next)} r="2.5" />
        </>
      )}
    </svg>
  );
}
