import { LinkButton } from "@/app/_components/button";
import { count, counted, size } from "@/app/_components/counting";
import { Scroll, Section } from "@/app/_components/section";
import type { Outputs } from "@/app/_trpc/outputs";
import type { LabelWords } from "@/server/roster/labels";
import type { FileMode } from "@/server/roster/run";
import { MergedFigures, PartFigures, PartHeads } from "./tie-out-parts";

type Run = Outputs["runs"]["get"];

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
  if (files.every((file) => file.counts.read === 0)) return <FilesUnread files={files} />;
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
              <PartHeads run={run} />
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
                    {beside(file) === "" ? null : <span className="sub">{beside(file)}</span>}
                  </span>
                </th>
                {file.mergedInto ? (
                  <MergedFigures counts={file.counts} into={file.mergedInto} report={report} entity={file.entity} />
                ) : file.entity ? (
                  <PartFigures counts={file.counts} run={run} of={{ base, report, entity: file.entity }} />
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

/** What is read with a file's own rows: people whom another file alone names, or several rows about one person. */
function beside({ rows, mergedInto, counts }: Run["files"][number]): string {
  if (rows === null || mergedInto !== null || rows === counts.read) return "";
  if (rows > counts.read) return `${counted(rows, "row")} about ${count(counts.read)} people`;
  return `${counted(rows, "row")}, and ${counted(counts.read - rows, "person", "people")} whom other files alone name`;
}

/** A run that ended before rows were counted: only what was sent. */
function FilesUnread({ files }: { files: Run["files"] }) {
  return (
    <Section id="tie-out" title="The files">
      <ul className="stack files-unread small">
        {files.map((file) => (
          <li key={file.name}>
            <span dir="auto">{file.name}</span> <span className="soft">{size(file.bytes)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** The way to the same by school and type, which has a page of its own: a district has many. */
export function TieOutBySchool({ report, run, words }: TieOutProps & { words: LabelWords }) {
  if (run.schoolsTieOut.length === 0) return null;
  return (
    <p className="section">
      <LinkButton size="sm" href={`${report}/schools`}>
        Where every row went, by {words.schools.one} ({count(schoolsIn(run))})
      </LinkButton>
    </p>
  );
}

/** Rows of no school stand under an empty key. */
const schoolsIn = (run: Run): number => new Set(run.schoolsTieOut.flatMap(({ key }) => (key === "" ? [] : [key]))).size;

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
