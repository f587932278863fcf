/** A share as a bar, with the limit as a dashed line where there is one. The table beside it gives the figures. */
export function ShareBar({ share, limit, full = 1 }: { share: number; limit?: number; full?: number }) {
  const over = limit !== undefined && share > limit;
  const at = (part: number): number => Math.min(100, (part / full) * 100);
  return (
    <svg className="bar-drawing" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
      <rect className="ground" x="0" y="3" width="100" height="10" />
      <rect className={over ? "over" : "fill"} x="0" y="3" width={at(share)} height="10" />
      {limit === undefined ? null : <line className="limit" x1={at(limit)} x2={at(limit)} y1="0" y2="16" />}
    </svg>
  );
}

/** How far a counted thing is: read of expected. Without an expected number there is no bar to draw. */
export function ProgressBar({ label, value, of }: { label: string; value: number; of: number | null }) {
  if (of === null || of === 0) return <progress className="pg" max={1} value={0} aria-label={label} />;
  return <progress className="pg" max={of} value={Math.min(value, of)} aria-label={label} />;
}

/** The parts that a number is the sum of, drawn in proportion. The figures stand beside it. */
export function PartsBar({ parts }: { parts: readonly { kind: string; n: number }[] }) {
  const total = parts.reduce((sum, part) => sum + part.n, 0);
  let x = 0;
  return (
    <svg className="bar-drawing" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
      <rect className="ground" x="0" y="3" width="100" height="10" />
      {parts.map(({ kind, n }) => {
        const width = total === 0 ? 0 : (n / total) * 100;
        const from = x;
        x += width;
        return n === 0 ? null : <rect key={kind} className={`part-${kind}`} x={from} y="3" width={Math.max(width, 0.6)} height="10" />;
      })}
    </svg>
  );
}
