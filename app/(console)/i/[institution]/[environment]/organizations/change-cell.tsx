import { count } from "@/app/_components/counting";
import { OpCount } from "@/app/_components/op";
import { sumOf } from "@/app/_components/sums";
import type { Outputs } from "@/app/_trpc/outputs";
import { ACTIONS } from "@/server/roster/change";

type Cell = Outputs["organizations"]["list"]["organizations"][number]["cells"]["schools"];

/** How many there are, and the changes of the last commit beside it. */
export function ChangeCell({ cell }: { cell: Cell }) {
  return (
    <span className="row wrap">
      <span className={cell.active === 0 ? "zero" : "strong"}>{count(cell.active)}</span>
      {sumOf(cell.changes) === 0 ? <span className="muted small">no change</span> : null}
      {ACTIONS.filter((action) => cell.changes[action] > 0).map((action) => (
        <OpCount key={action} action={action} n={cell.changes[action]} />
      ))}
    </span>
  );
}
