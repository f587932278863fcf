import Link from "next/link";
import { count } from "@/app/_components/counting";
import { environmentWord } from "@/app/_components/env";
import { Scroll, Section } from "@/app/_components/section";
import { Spark } from "@/app/_components/spark";
import { sumOf } from "@/app/_components/sums";
import type { Outputs } from "@/app/_trpc/outputs";
import type { Action } from "@/server/roster/change";
import type { Console } from "./_console";

const KINDS = ["students", "teachers", "classes", "enrollments", "schools"] as const;
type Kind = (typeof KINDS)[number];

interface RosterCountsProps {
  here: Console;
  runs: readonly Outputs["runs"]["list"]["rows"][number][];
  waiting: Outputs["runs"]["get"] | null;
}

/** How many of each there are, what the waiting plan makes of it, and the last thirty runs as a line: a cliff is seen before a commit. */
export function RosterCounts({ here, runs, waiting }: RosterCountsProps) {
  const { environment, institution, base, place } = here;
  const where = environmentWord(place.environment);
  const other = institution.environments.find((one) => one.name !== place.environment);
  const history = runs.filter((run) => run.read > 0).toReversed();
  const isLessChosen = waiting !== null && sumOf(waiting.selection.off) > 0;
  return (
    <Section
      id="counts"
      title="Roster counts"
      beside={<span className="small muted">The line shows the rows of the last 30 runs, then this plan</span>}
    >
      <Scroll label="Roster counts">
        <table className="ledger mid roster-counts">
          <thead>
            <tr>
              <th scope="col">Type</th>
              <th scope="col" className="num">
                {where} now
              </th>
              <th scope="col" className="num">
                Change
              </th>
              <th scope="col" className="num">
                {isLessChosen ? "With every change" : "After commit"}
              </th>
              <th scope="col">Last runs</th>
              <th scope="col" className="num">
                {other ? environmentWord(other.name) : "Other"}
              </th>
            </tr>
          </thead>
          <tbody>
            {KINDS.map((kind) => {
              const now = environment.counts[kind] ?? 0;
              const change = waiting ? changeOf(waiting, kind) : null;
              const after = change ? now + change.add + change.reactivate - change.archive : now;
              return (
                <tr key={kind}>
                  <th scope="row">
                    {kind === "enrollments" ? "Enrollments" : <KindLink href={`${base}/${kind}`} word={here.words[kind].title} />}
                  </th>
                  <td className="num">{count(now)}</td>
                  <td className="num small">{change ? <Change of={change} /> : <span className="zero">none</span>}</td>
                  <td className="num strong">{count(after)}</td>
                  <td>
                    <Spark counts={history.map((run) => run.readOf[kind])} next={change ? after : null} />
                  </td>
                  <td className="num soft">{count(other?.counts[kind] ?? 0)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </Section>
  );
}

function KindLink({ href, word }: { href: string; word: string }) {
  return (
    <Link className="hit" href={href}>
      {word}
    </Link>
  );
}

type Change = Readonly<Pick<Record<Action, number>, "add" | "reactivate" | "archive">>;

function changeOf(run: Outputs["runs"]["get"], kind: Kind): Change {
  switch (kind) {
    case "students":
      return run.people.students;
    case "teachers":
      return run.people.teachers;
    case "classes":
      return run.counts.classes;
    case "enrollments":
      return run.counts.enrollments;
    case "schools":
      return changeOfSchools(run);
    default:
      return kind satisfies never;
  }
}

/** Organizations are counted with the schools; the report by school tells the schools alone. */
function changeOfSchools({ schoolsTieOut }: Outputs["runs"]["get"]): Change {
  const schools = schoolsTieOut.filter(({ entity, key }) => entity === "orgs" && key !== "");
  const all = (action: keyof Change) => schools.reduce((sum, { counts }) => sum + counts[action], 0);
  return { add: all("add"), reactivate: all("reactivate"), archive: all("archive") };
}

function Change({ of: counts }: { of: Change }) {
  const parts = [
    { kind: "add", sign: "+", word: "added" },
    { kind: "reactivate", sign: "↺ ", word: "reactivated" },
    { kind: "archive", sign: "−", word: "archived" },
  ] as const;
  const some = parts.filter(({ kind }) => counts[kind] > 0);
  if (some.length === 0) return <span className="zero">none</span>;
  return some.map(({ kind, sign, word }) => (
    <span key={kind} className={`change ${kind}`}>
      {sign}
      {count(counts[kind])} <span className="vh">{word}</span>
    </span>
  ));
}
