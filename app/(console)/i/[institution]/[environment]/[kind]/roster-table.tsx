import Link from "next/link";
import type { ReactNode } from "react";
import { count } from "@/app/_components/counting";
import { StatusBadge } from "@/app/_components/state-badge";
import { Value } from "@/app/_components/value";
import type { Outputs } from "@/app/_trpc/outputs";
import type { LabelWords } from "@/server/roster/labels";

type Page = Outputs["roster"]["list"];

interface Line {
  readonly sourcedId: string;
  readonly sourceKey: string;
  readonly name: string;
  readonly status: string;
  readonly concluded: boolean;
  readonly cells: readonly Cell[];
}
interface Cell {
  readonly title: string;
  readonly isNumber?: true;
  readonly value: ReactNode;
}

/** Fifty or so records, each with the link to its own page. */
export function RosterTable({ base, page, words }: { base: string; page: Page; words: LabelWords }) {
  const lines = linesOf(page, words);
  const titles = lines[0]?.cells ?? [];
  return (
    <table className="ledger fold mid names" aria-label={words[page.kind].title}>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Source key</th>
          {titles.map(({ title, isNumber }) => (
            <th key={title} scope="col" className={isNumber ? "num" : undefined}>
              {title}
            </th>
          ))}
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.sourcedId}>
            <th scope="row">
              <Link prefetch={false} className="hit" href={`${base}/${page.kind}/${encodeURIComponent(line.sourcedId)}`}>
                <Value of={line.name} />
              </Link>
            </th>
            <td data-l="Source key">
              <code className="muted">
                <Value of={line.sourceKey} />
              </code>
            </td>
            {line.cells.map(({ title, isNumber, value }) => (
              <td key={title} className={isNumber ? "num" : "soft"} data-l={title}>
                {value}
              </td>
            ))}
            <td data-l="State">
              {line.status === "active" && !line.concluded ? (
                <span className="soft">Active</span>
              ) : (
                <StatusBadge status={line.status} concluded={line.concluded} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What each list shows of its records. */
function linesOf(page: Page, words: LabelWords): Line[] {
  switch (page.kind) {
    case "schools":
      return page.rows.map((row) => ({
        ...row,
        concluded: false,
        cells: [text("Identifier", row.identifier), { title: words.classes.title, isNumber: true, value: count(row.classes) }],
      }));
    case "teachers":
      return page.rows.map((row) => ({
        ...row,
        concluded: false,
        cells: [text("E-mail", row.email), texts(words.schools.title, row.schools)],
      }));
    case "students":
      return page.rows.map((row) => ({
        ...row,
        concluded: false,
        cells: [text("Grade", row.grades), text("E-mail", row.email), texts(words.schools.title, row.schools)],
      }));
    case "classes":
      return page.rows.map((row) => ({
        ...row,
        cells: [
          text("Code", row.code),
          text(capital(words.schools.one), row.school),
          texts("Terms", row.terms),
          texts(words.teachers.title, row.teachers),
          { title: words.students.title, isNumber: true, value: count(row.students) },
        ],
      }));
    default:
      return page satisfies never;
  }
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const text = (title: string, value: string | null): Cell => ({ title, value: value === null ? null : <Value of={value} /> });

const texts = (title: string, values: readonly string[]): Cell => ({
  title,
  value: values.map((value, index) => (
    <span key={value}>
      {index > 0 ? ", " : ""}
      <Value of={value} />
    </span>
  )),
});
