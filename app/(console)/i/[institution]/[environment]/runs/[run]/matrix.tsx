import { Download } from "lucide-react";
import { count } from "@/app/_components/counting";
import { environmentWord } from "@/app/_components/env";
import { FigureLink } from "@/app/_components/figure-link";
import { Icon } from "@/app/_components/icon";
import { OpCount } from "@/app/_components/op";
import { Section } from "@/app/_components/section";
import { sumOf } from "@/app/_components/sums";
import { ACTION_WORDS, ENTITY_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";
import { ACTIONS, type Counts } from "@/server/roster/change";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import { inWords, type LabelWords } from "@/server/roster/labels";
import { type EnvironmentName, readsFiles } from "@/server/roster/run";

type Run = Outputs["runs"]["get"];

interface MatrixProps {
  base: string;
  report: string;
  run: Run;
  environment: EnvironmentName;
  words: LabelWords;
}

interface Row {
  key: string;
  title: string;
  /** What the action list is asked for. */
  query: string;
  counts: Counts & { before?: number };
  roster: string | null;
  held: string | null;
  /** Made from rows of people, and so counted in their file; null: a file has them. */
  from: string | null;
}

/**
 * Types by actions; every count opens its list. Archives come first. A run that compared nothing has none, and one that read no files has
 * no figures of files.
 */
export function Matrix({ base, report, run, environment, words }: MatrixProps) {
  const rows = rowsOf(run, base, words);
  if (rows.length === 0 && run.state !== "ready" && run.state !== "committed") return null;
  const where = environmentWord(environment);
  const ofFiles = readsFiles(run.trigger);
  const total = (pick: (row: Row) => number): string => count(rows.reduce((sum, row) => sum + pick(row), 0));
  return (
    <Section
      id="changes"
      title={run.state === "committed" ? "What changed" : "What would change"}
      beside={
        <>
          <span className="small muted">Every count opens its list</span>
          <a className="small push row hit2" href={`${report}/actions.csv`} download>
            <Icon of={Download} />
            {run.state === "committed" ? "Changes as CSV" : "Plan as CSV"}
          </a>
        </>
      }
    >
      <table className="ledger fold mid matrix" aria-labelledby="changes">
        <thead>
          <tr>
            <th scope="col">Type</th>
            <th scope="col" className="num">
              In {where} before
            </th>
            {ofFiles ? (
              <th scope="col" className="num">
                In the files
              </th>
            ) : null}
            {ACTIONS.map((action) => (
              <th key={action} scope="col" className="num">
                {ACTION_WORDS[action].title}
              </th>
            ))}
            {ofFiles ? (
              <th scope="col" className="num">
                Unchanged
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">
                <FigureLink href={`${report}/actions?${row.query}`}>{row.title}</FigureLink>
              </th>
              <td className="num soft" data-l={`In ${where} before`}>
                {row.counts.before === undefined ? (
                  "–"
                ) : row.roster ? (
                  <RosterLink href={row.roster} n={row.counts.before} />
                ) : (
                  count(row.counts.before)
                )}
              </td>
              {ofFiles ? (
                <td className="num" data-l="In the files">
                  {count(row.counts.read)}
                  {row.from ? <span className="sub">from {row.from}</span> : null}
                </td>
              ) : null}
              {ACTIONS.map((action) => (
                <td key={action} className={row.counts[action] === 0 ? "num zero" : "num"} data-l={ACTION_WORDS[action].title}>
                  <OpCount action={action} n={row.counts[action]} href={`${report}/actions?${row.query}&action=${action}`} />
                  {action === "archive" && row.held ? <span className="sub text-hold">‖ {row.held}</span> : null}
                </td>
              ))}
              {ofFiles ? (
                <td className="num soft" data-l="Unchanged">
                  {row.roster && row.counts.unchanged > 0 ? (
                    <RosterLink href={row.roster} n={row.counts.unchanged} />
                  ) : (
                    count(row.counts.unchanged)
                  )}
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All types</th>
            <td className="num" data-l={`In ${where} before`}>
              {total((row) => row.counts.before ?? 0)}
            </td>
            {ofFiles ? (
              <td className="num" data-l="In the files">
                {total((row) => (row.from === null ? row.counts.read : 0))}
              </td>
            ) : null}
            {ACTIONS.map((action) => (
              <td key={action} className="num" data-l={ACTION_WORDS[action].title}>
                {total((row) => row.counts[action])}
              </td>
            ))}
            {ofFiles ? (
              <td className="num" data-l="Unchanged">
                {total((row) => (row.from === null ? row.counts.unchanged : 0))}
              </td>
            ) : null}
          </tr>
        </tfoot>
      </table>
    </Section>
  );
}

function RosterLink({ href, n }: { href: string; n: number }) {
  if (n === 0) return <>0</>;
  return <FigureLink href={href}>{count(n)}</FigureLink>;
}

const LISTED: Partial<Record<Entity, string>> = { orgs: "schools", classes: "classes" };

/** People are shown as students, teachers and others; every other type as itself. Types that the run knows nothing of are left away. */
function rowsOf(run: Run, base: string, words: LabelWords): Row[] {
  const heldOf = (entity: Entity): string | null => {
    const reason = run.verdict?.reasons.find((one) => one.kind === "archive" && one.entity === entity);
    return run.state === "held" && reason ? `${count(reason.count)} held` : null;
  };
  const rows = ENTITIES.flatMap((entity): Row[] => {
    const counts = run.counts[entity];
    if (!counts) return [];
    const listed = LISTED[entity];
    if (entity !== "users") {
      const row = {
        key: entity,
        title: inWords(ENTITY_WORDS[entity].title, words),
        query: `entity=${entity}`,
        held: heldOf(entity),
      };
      const said = entity === "relationships" ? run.relationshipsSaid : null;
      const roster = listed ? `${base}/${listed}` : null;
      return [{ ...row, roster, counts: said === null ? counts : saidCounts(counts, said), from: said === null ? null : usersFile(run) }];
    }
    return (["students", "teachers", "others"] as const).map((person) => ({
      key: person,
      title: person === "others" ? "Other people" : words[person].title,
      query: `entity=users&person=${person}`,
      counts: run.people[person],
      held: null,
      from: null,
      roster: person === "others" ? null : `${base}/${person}`,
    }));
  });
  return rows.filter(({ counts }) => (counts.before ?? 0) + counts.read + sumOf(counts) > 0);
}

/** What rows of people say is read with them; what of it changes nothing is already so. */
const saidCounts = <C extends Counts>(counts: C, said: number): C => ({
  ...counts,
  read: said,
  unchanged: said - counts.add - counts.edit - counts.reactivate - counts.rekey - counts.refused,
});

const usersFile = (run: Run): string => run.files.find((file) => file.entity === "users" && file.mode !== "absent")?.name ?? "users.csv";
