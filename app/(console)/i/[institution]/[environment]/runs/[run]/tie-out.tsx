import Link from "next/link";
import { PartsBar } from "@/app/_components/bars";
import { count, size } from "@/app/_components/counting";
import { grouped } from "@/app/_components/grouped";
import { Scroll, Section } from "@/app/_components/section";
import { Value } from "@/app/_components/value";
import { ENTITY_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";
import type { Counts } from "@/server/roster/change";
import { ENTITIES } from "@/server/roster/entities";
import type { FileMode } from "@/server/roster/run";

type Run = Outputs["runs"]["get"];

/** The five places where a row that was read can have gone. They add up to what was read (SCREENS B5.1). */
function partsOf(counts: Counts) {
  const committed = counts.read - counts.unchanged - counts.refused - counts.rejected - counts.ignored;
  return { committed, unchanged: counts.unchanged, refused: counts.refused, rejected: counts.rejected, ignored: counts.ignored };
}

const PARTS = ["committed", "unchanged", "refused", "rejected", "ignored"] as const;
type Part = (typeof PARTS)[number];

const partWord = (part: Part, run: Run): string => {
  switch (part) {
    case "committed":
      return run.state === "committed" ? "Committed" : "To commit";
    case "unchanged":
      return "Unchanged";
    case "refused":
      return "Left out";
    case "rejected":
      return "In error";
    case "ignored":
      return "Ignored";
    default:
      return part satisfies never;
  }
};

const MODES: Readonly<Record<FileMode, string>> = {
  bulk: "the full truth (bulk)",
  delta: "changes only (delta)",
  undecided: "undecided, read as changes only",
  absent: "not sent",
};

interface TieOutProps {
  base: string;
  report: string;
  run: Run;
}

/** Per file: every row that was read, and where it went. A registrar compares the first figure with what the SIS exported. */
export function FilesOfRun({ base, report, run }: TieOutProps) {
  const files = run.files.filter((file) => file.mode !== "absent");
  const absent = run.files.filter((file) => file.mode === "absent" && file.entity !== null);
  if (run.files.length === 0) return null;
  return (
    <Section
      id="tie-out"
      title="Where every row went, by file"
      beside={<span className="small muted">Rows read = the five figures beside it</span>}
    >
      <Scroll label="Where every row went, by file">
        <table className="ledger mid small first fold">
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col" className="num">
                Rows read
              </th>
              {PARTS.map((part) => (
                <th key={part} scope="col" className="num">
                  {partWord(part, run)}
                </th>
              ))}
              <th scope="col" className="bar-column">
                <span className="vh">Drawn</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {files.map((file, index) => (
              <tr key={`${file.name} ${files.slice(0, index).filter((one) => one.name === file.name).length}`}>
                <th scope="row">
                  <span dir="auto">{file.name}</span>
                  <span className="sub">
                    {size(file.bytes)}, {MODES[file.mode]}
                    {file.encoding ? `, ${file.encoding === "utf-8" ? "UTF-8" : file.encoding}` : ""}
                    {file.digest ? (
                      <>
                        , <code title="The first characters of the file’s SHA-256">{file.digest.slice(0, 8)}</code>
                      </>
                    ) : null}
                  </span>
                </th>
                {file.entity ? (
                  <Figures counts={file.counts} run={run} hrefOf={(part) => partHref(part, { base, report, entity: file.entity })} />
                ) : (
                  <td colSpan={7}>
                    <span className="muted">says how the others are to be read</span>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {run.deliveries.length > 1 ? (
        <p className="xs muted files-absent">
          These are the files of {count(run.deliveries.length)} deliveries, the oldest first: the newest lists only changes, so those before
          it that were never committed are read as well.
        </p>
      ) : null}
      {absent.length > 0 ? (
        <p className="xs muted files-absent">
          Not in this delivery, so nothing of their kind was touched: {absent.map((file) => file.name).join(", ")}.
        </p>
      ) : null}
    </Section>
  );
}

/** The same by school and type; shut, since a district has many. */
export function TieOutBySchool({ base, report, run }: TieOutProps) {
  if (run.schoolsTieOut.length === 0) return null;
  const schools = grouped(run.schoolsTieOut, (line) => line.key);
  return (
    <section className="section" aria-labelledby="by-school">
      <details>
        <summary className="btn sm" id="by-school">
          Where every row went, by school ({count(schools.size)})
        </summary>
        <Scroll label="Where every row went, by school">
          <table className="ledger mid small first fold">
            <thead>
              <tr>
                <th scope="col">School</th>
                <th scope="col">Type</th>
                <th scope="col" className="num">
                  Rows read
                </th>
                {PARTS.map((part) => (
                  <th key={part} scope="col" className="num">
                    {partWord(part, run)}
                  </th>
                ))}
                <th scope="col" className="bar-column">
                  <span className="vh">Drawn</span>
                </th>
              </tr>
            </thead>
            {[...schools].map(([key, lines]) => (
              <tbody key={key}>
                {lines.map((line, index) => (
                  <tr key={line.entity}>
                    {index === 0 ? (
                      <th scope="rowgroup" rowSpan={lines.length}>
                        {key === "" ? "No school" : <Value of={line.name ?? key} />}
                      </th>
                    ) : null}
                    <td data-l="Type">{entityTitle(line.entity)}</td>
                    <Figures
                      counts={line.counts}
                      run={run}
                      hrefOf={(part) => partHref(part, { base, report, entity: line.entity, school: key })}
                    />
                  </tr>
                ))}
              </tbody>
            ))}
          </table>
        </Scroll>
      </details>
    </section>
  );
}

const entityTitle = (entity: string): string => ENTITY_WORDS[ENTITIES.find((known) => known === entity) ?? "orgs"].title;

/** Enrollments that run now, begin later and have ended: all three are in the roster, and the SIS may count them otherwise. */
export function EnrollmentDates({ run }: { run: Run }) {
  const { active, futureDated, ended } = run.enrollments;
  if (active + futureDated + ended === 0) return null;
  return (
    <p className="small soft enrollment-dates">
      Of the enrollments in these files <b>{count(active)}</b> run today, <b>{count(futureDated)}</b> begin later and <b>{count(ended)}</b>{" "}
      have ended. All of them are part of the roster; a head count in your SIS usually means the first figure.
    </p>
  );
}

function Figures({ counts, run, hrefOf }: { counts: Counts; run: Run; hrefOf: (part: Part) => string | null }) {
  const parts = partsOf(counts);
  return (
    <>
      <td className="num strong" data-l="Rows read">
        {count(counts.read)}
      </td>
      {PARTS.map((part) => {
        const href = hrefOf(part);
        const n = parts[part];
        return (
          <td key={part} className={n === 0 ? "num zero" : "num"} data-l={partWord(part, run)}>
            {n === 0 || !href ? (
              count(n)
            ) : (
              <Link prefetch={false} className="hit" href={href} aria-label={`${count(n)} ${partWord(part, run).toLowerCase()}`}>
                {count(n)}
              </Link>
            )}
          </td>
        );
      })}
      <td className="bar-column">
        <PartsBar parts={PARTS.map((kind) => ({ kind, n: parts[kind] }))} />
      </td>
    </>
  );
}

interface PartPlace {
  base: string;
  report: string;
  entity: string | null;
  school?: string;
}

function partHref(part: Part, { base, report, entity, school }: PartPlace): string | null {
  const query = new URLSearchParams({ ...(entity ? { entity } : {}), ...(school ? { school } : {}) });
  switch (part) {
    case "committed":
      return `${report}/actions?${query}`;
    case "refused":
      query.set("show", "off");
      return `${report}/actions?${query}`;
    case "rejected":
    case "ignored":
      // An empty school stays in the address: it stands for the rows of none.
      if (school !== undefined) query.set("school", school);
      query.set("outcome", part);
      return `${report}/findings?${query}`;
    case "unchanged":
      return rosterHref(base, entity, school);
    default:
      return part satisfies never;
  }
}

/** The list in which what did not change can be seen; types without a list of their own are seen through people or classes. */
function rosterHref(base: string, entity: string | null, school: string | undefined): string | null {
  const query = school ? `?${new URLSearchParams({ school })}` : "";
  switch (ENTITIES.find((known) => known === entity)) {
    case undefined:
      return null;
    case "orgs":
      return `${base}/schools`;
    case "users":
    case "relationships":
      return `${base}/students${query}`;
    case "academicSessions":
    case "courses":
    case "classes":
    case "enrollments":
      return `${base}/classes${query}`;
  }
}
