import { count, counted } from "@/app/_components/counting";
import { Note } from "@/app/_components/note";
import { OpCount } from "@/app/_components/op";
import { Scroll, Section } from "@/app/_components/section";
import { sumOf } from "@/app/_components/sums";
import { ENTITY_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";
import { ACTIONS } from "@/server/roster/change";
import { ENTITIES } from "@/server/roster/entities";

type Approval = Outputs["vendor"]["approvals"]["get"];

/** What Preview's waiting plan would change against the snapshot: it follows in Production by itself only if it is exactly this. */
export function DriftTable({ approval }: { approval: Approval }) {
  const { drift, working, undoing } = approval;
  if (working !== null || undoing !== null) {
    return (
      <Section id="drift" title="Drift">
        <Note tone="warning">
          <p>
            {working !== null
              ? `Run ${working} is under way in their Preview. Decide when its changes are known.`
              : `An undo (run ${undoing}) waits in their Preview. It has to be decided first.`}
          </p>
        </Note>
      </Section>
    );
  }
  if (drift === null || drift.total === 0) {
    return (
      <Section id="drift" title="No drift">
        <p className="small soft">Nothing waits in Preview against this snapshot.</p>
      </Section>
    );
  }
  const rows = ENTITIES.filter((entity) => sumOf(drift.byEntity[entity]) > 0);
  return (
    <Section id="drift" title={`Drift: ${counted(drift.total, "change")} since the snapshot`}>
      <p className="small soft">
        Run {drift.run} waits in Preview{drift.held ? ", held" : ""}. After the snapshot went live the newest files follow in Production;
        they commit by themselves only if they change exactly this, and wait for the institution otherwise.
      </p>
      <Scroll label="Drift">
        <table className="ledger first small mid" data-density="dense">
          <thead>
            <tr>
              <th scope="col">Type</th>
              {ACTIONS.map((action) => (
                <th key={action} scope="col" className="num">
                  {action === "rekey" ? "Re-key" : `${action[0]?.toUpperCase()}${action.slice(1)}`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((entity) => (
              <tr key={entity}>
                <th scope="row">{ENTITY_WORDS[entity].title}</th>
                {ACTIONS.map((action) => (
                  <td key={action} className="num">
                    <OpCount action={action} n={drift.byEntity[entity][action]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">All</th>
              {ACTIONS.map((action) => (
                <td key={action} className="num">
                  {count(rows.reduce((sum, entity) => sum + drift.byEntity[entity][action], 0))}
                </td>
              ))}
            </tr>
          </tfoot>
        </table>
      </Scroll>
    </Section>
  );
}
