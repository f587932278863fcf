import { count } from "@/app/_components/counting";
import { Env } from "@/app/_components/env";
import { InWords } from "@/app/_components/in-words";
import { Op } from "@/app/_components/op";
import { lineWord, sumsOf } from "@/app/_components/promotion-words";
import { Scroll, Section } from "@/app/_components/section";
import type { Outputs } from "@/app/_trpc/outputs";

type Page = Outputs["promotions"]["get"];

const COUNTED = [
  ["schools", "Schools"],
  ["teachers", "Teachers"],
  ["students", "Students"],
  ["classes", "Classes"],
  ["enrollments", "Enrollments"],
] as const;

/** Preview beside Production by kind of record: the frozen snapshot's difference once it is computed, the active counts before. */
export function WouldReceive({ page, isFrozen }: { page: Page; isFrozen: boolean }) {
  const isDone = page.promotion !== null && isFrozen && page.promotion.liveAt !== null;
  const title = isDone ? "What Production received" : "What Production would receive";
  const difference = isFrozen ? (page.promotion?.difference ?? null) : null;
  const rows =
    difference === null
      ? COUNTED.map(([key, word]) => ({
          word,
          preview: page.preview.counts[key] ?? 0,
          production: page.production.counts[key] ?? 0,
          change: null,
        }))
      : difference.map((line) => ({ word: lineWord(line), preview: line.preview, production: line.production, change: line }));
  const sums = difference === null ? null : sumsOf(difference);
  return (
    <Section id="receives" title={title}>
      <Scroll label={title}>
        <table className="ledger first mid fold">
          <thead>
            <tr>
              <th scope="col">Type</th>
              <th scope="col" className="num">
                <Env name="preview" />
              </th>
              <th scope="col" className="num">
                <Env name="production" /> {isDone ? "before" : "now"}
              </th>
              {sums ? (
                <th scope="col" className="num">
                  Change
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.word}>
                <th scope="row">
                  <InWords of={row.word} />
                </th>
                <td className="num" data-l="Preview">
                  {count(row.preview)}
                </td>
                <td className={row.production === 0 ? "num zero" : "num"} data-l={isDone ? "Production before" : "Production now"}>
                  {count(row.production)}
                </td>
                {row.change ? (
                  <td className="num" data-l="Change">
                    <Changes of={row.change} />
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
          {sums ? (
            <tfoot>
              <tr>
                <th scope="row">All</th>
                <td className="num" data-l="Preview">
                  {count(sums.preview)}
                </td>
                <td className="num" data-l={isDone ? "Production before" : "Production now"}>
                  {count(sums.production)}
                </td>
                <td className="num" data-l="Change">
                  <Changes of={sums} />
                </td>
              </tr>
            </tfoot>
          ) : null}
        </table>
      </Scroll>
      <p className="small soft">
        Also sent: the settings of each feed, and what you left out.
        {sums && sums.along > 0 ? ` ${count(sums.along)} archived records come along archived, so that they return as the same ones.` : ""}
      </p>
    </Section>
  );
}

function Changes({ of }: { of: { archive: number; add: number; edit: number; reactivate: number } }) {
  const some = (["archive", "add", "edit", "reactivate"] as const).filter((action) => of[action] > 0);
  if (some.length === 0) return <span className="zero">0</span>;
  return (
    <span className="row wrap end">
      {some.map((action) => (
        <Op key={action} kind={action}>
          {count(of[action])}
          <span className="vh"> {action}</span>
        </Op>
      ))}
    </span>
  );
}
