import Link from "next/link";
import type { ReactNode } from "react";
import { count } from "@/app/_components/counting";
import { StatusBadge } from "@/app/_components/state-badge";
import { Value } from "@/app/_components/value";
import type { Outputs } from "@/app/_trpc/outputs";
import { KIND_WORDS, type Kind } from "./_kinds";

type Row = Outputs["roster"]["list"]["rows"][number];

interface RosterTableProps {
  base: string;
  kind: Kind;
  page: { rows: readonly Row[] };
}

interface Column {
  title: string;
  isNumber?: true;
  cell: (row: Row) => ReactNode;
}

const values = (list: readonly string[]): ReactNode =>
  list.map((value, index) => (
    <span key={value}>
      {index > 0 ? ", " : ""}
      <Value of={value} />
    </span>
  ));

const COLUMNS: Readonly<Record<Kind, readonly Column[]>> = {
  schools: [
    { title: "Type", cell: (row) => (row.kind === "schools" ? row.type : null) },
    { title: "Identifier", cell: (row) => (row.kind === "schools" && row.identifier ? <Value of={row.identifier} /> : null) },
  ],
  teachers: [
    { title: "E-mail", cell: (row) => (row.kind === "teachers" && row.email ? <Value of={row.email} /> : null) },
    { title: "Schools", cell: (row) => (row.kind === "teachers" ? values(row.schools) : null) },
  ],
  students: [
    { title: "Grade", cell: (row) => (row.kind === "students" ? values(row.grades) : null) },
    { title: "E-mail", cell: (row) => (row.kind === "students" && row.email ? <Value of={row.email} /> : null) },
    { title: "Schools", cell: (row) => (row.kind === "students" ? values(row.schools) : null) },
  ],
  classes: [
    { title: "Code", cell: (row) => (row.kind === "classes" && row.code ? <Value of={row.code} /> : null) },
    { title: "School", cell: (row) => (row.kind === "classes" && row.school ? <Value of={row.school} /> : null) },
    { title: "Terms", cell: (row) => (row.kind === "classes" ? values(row.terms) : null) },
    { title: "Teachers", cell: (row) => (row.kind === "classes" ? values(row.teachers) : null) },
    { title: "Students", isNumber: true, cell: (row) => (row.kind === "classes" ? count(row.students) : null) },
  ],
};

/** Fifty or so records, each with the link to its own page. */
export function RosterTable({ base, kind, page }: RosterTableProps) {
  const columns = COLUMNS[kind];
  return (
    <table className="ledger fold mid" aria-label={KIND_WORDS[kind].title}>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Source key</th>
          {columns.map((column) => (
            <th key={column.title} scope="col" className={column.isNumber ? "num" : undefined}>
              {column.title}
            </th>
          ))}
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {page.rows.map((row) => (
          <tr key={row.sourcedId}>
            <th scope="row">
              <Link prefetch={false} className="hit" href={`${base}/${kind}/${encodeURIComponent(row.sourcedId)}`}>
                <Value of={row.name || row.sourceKey} />
              </Link>
            </th>
            <td data-l="Source key">
              <code className="muted">
                <Value of={row.sourceKey} />
              </code>
            </td>
            {columns.map((column) => (
              <td key={column.title} className={column.isNumber ? "num" : "soft"} data-l={column.title}>
                {column.cell(row)}
              </td>
            ))}
            <td data-l="State">
              <StatusBadge status={row.status} concluded={row.kind === "classes" && row.concluded} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
