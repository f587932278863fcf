import { count } from "@/app/_components/counting";
import { OpCount } from "@/app/_components/op";
import { lineWord, type PromotionLine, sumsOf } from "@/app/_components/promotion-words";
import { Scroll, Section } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import { ACTION_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";

type Approval = Outputs["vendor"]["approvals"]["get"];

/** What the snapshot would change in Production, by kind of record; and what the drift would change after it. */
export function Difference({ approval }: { approval: Approval }) {
  const { promotion, institution } = approval;
  const { difference } = promotion;
  return (
    <Section
      id="difference"
      title="The difference to Production"
      beside={
        promotion.preparedAt ? (
          <span className="small muted">
            Computed <When at={promotion.preparedAt} zone={institution.timeZone} /> against Production, not against Preview
          </span>
        ) : null
      }
    >
      {difference === null ? (
        <p className="soft" role="status">
          The difference is being computed; look again in a moment.
        </p>
      ) : (
        <Scroll label="The difference to Production">
          <table className="ledger first mid fold">
            <thead>
              <tr>
                <th scope="col">Type</th>
                <th scope="col" className="num">
                  Confirmed in Preview
                </th>
                <th scope="col" className="num">
                  Production now
                </th>
                <th scope="col" className="num">
                  Archive
                </th>
                <th scope="col" className="num">
                  Add
                </th>
                <th scope="col" className="num">
                  Edit
                </th>
                <th scope="col" className="num">
                  Reactivate
                </th>
              </tr>
            </thead>
            <tbody>
              {difference.map((line) => (
                <tr key={`${line.entity} ${line.part}`}>
                  <th scope="row">{lineWord(line)}</th>
                  <Cells of={line} />
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">All</th>
                <Cells of={sumsOf(difference)} />
              </tr>
            </tfoot>
          </table>
        </Scroll>
      )}
    </Section>
  );
}

function Cells({ of }: { of: Pick<PromotionLine, "preview" | "production" | "archive" | "add" | "edit" | "reactivate"> }) {
  return (
    <>
      <td className="num" data-l="Confirmed in Preview">
        {count(of.preview)}
      </td>
      <td className={of.production === 0 ? "num zero" : "num"} data-l="Production now">
        {count(of.production)}
      </td>
      {(["archive", "add", "edit", "reactivate"] as const).map((action) => (
        <td key={action} className={of[action] === 0 ? "num zero" : "num"} data-l={ACTION_WORDS[action].title}>
          <OpCount action={action} n={of[action]} />
        </td>
      ))}
    </>
  );
}
