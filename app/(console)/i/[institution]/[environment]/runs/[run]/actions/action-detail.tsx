import Link from "next/link";
import { counted } from "@/app/_components/counting";
import { HelpLink } from "@/app/_components/help-link";
import { InWords } from "@/app/_components/in-words";
import { Scroll } from "@/app/_components/section";
import { Value } from "@/app/_components/value";
import { columnWord } from "@/app/_components/words";
import type { Row } from "./action-row";
import { LeftOutCause } from "./left-out-cause";

/** An open row: every field with its place in the file, why it was matched, and what follows if it is left out. */
export function ActionDetail({ row, base }: { row: Row; base: string }) {
  return (
    <tr className="detail">
      <td colSpan={7}>
        <div className="dgrid">
          <div>
            <h3>{row.action === "add" ? "What is new" : "Fields that change"}</h3>
            <FieldTable row={row} />
            <p className="xs muted detail-place">
              Source key <code>{row.sourceKey}</code>
              {row.place ? (
                <>
                  , read from <code>{row.place}</code>
                </>
              ) : null}
            </p>
          </div>
          <div>
            <h3>Why this row</h3>
            <p className="small soft">{row.why}</p>
            {row.causeText && !row.on ? (
              <>
                <h3>Why it is left out</h3>
                <p className="small soft">
                  <LeftOutCause text={row.causeText} />
                </p>
              </>
            ) : null}
            {row.warnings.length > 0 ? (
              <>
                <h3>Warnings</h3>
                <ul className="small soft">
                  {row.warnings.map((warning) => (
                    <li key={warning.code + warning.detail}>
                      <InWords of={warning.detail} /> <HelpLink code={warning.code}>What it means</HelpLink>
                    </li>
                  ))}
                </ul>
              </>
            ) : null}
            <h3>If you leave it out</h3>
            <p className="small soft">
              <InWords of={followsWords(row)} /> It is offered again next run, off, with your name.
            </p>
            {recordHref(row, base) ? (
              <p className="detail-link">
                <Link className="btn sm" href={recordHref(row, base) ?? base}>
                  What happened to {row.entity === "users" ? "this person" : "this record"}
                </Link>
              </p>
            ) : null}
          </div>
        </div>
      </td>
    </tr>
  );
}

function FieldTable({ row }: { row: Row }) {
  return (
    <Scroll label={`Fields of ${row.name || row.sourceKey}`}>
      <table className="ledger first small">
        <thead>
          <tr>
            <th scope="col">Field</th>
            {row.action === "add" ? null : <th scope="col">Now</th>}
            <th scope="col">After commit</th>
          </tr>
        </thead>
        <tbody>
          {row.fields.map(({ field, before, after }) => (
            <tr key={field}>
              <th scope="row">
                <InWords of={columnWord(field)} />
              </th>
              {row.action === "add" ? null : <td>{before === null ? <span className="muted">blank</span> : <Value of={before} />}</td>}
              <td className="strong">{after === null ? <span className="muted">blank</span> : <Value of={after} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** "6 enrollments wait as well." */
function followsWords(row: Row): string {
  const n = row.follows.enrollments ?? 0;
  if (n === 0) return row.action === "archive" ? "It stays active." : "Nothing else waits with it.";
  return `${counted(n, "enrollment")} ${row.action === "archive" ? (n === 1 ? "stays" : "stay") : n === 1 ? "waits" : "wait"} as well.`;
}

/** The page of the record, where there is one. */
function recordHref(row: Row, base: string): string | null {
  if (!row.sourcedId) return null;
  const id = encodeURIComponent(row.sourcedId);
  if (row.entity === "classes") return `${base}/classes/${id}`;
  if (row.entity === "orgs") return `${base}/schools/${id}`;
  if (row.entity === "users" && row.person) return `${base}/${row.person}s/${id}`;
  return null;
}
