import type { Page } from "@playwright/test";
import Papa from "papaparse";
import postgres from "postgres";
import { z } from "zod";
import type { DemoDelivery } from "@/server/cli/demo-district";
import { COUNTED, type Counted, type ExpectedCounts, eachEntity } from "@/server/cli/demo-expected";

const TITLES: Readonly<Record<Counted, readonly string[]>> = {
  orgs: ["Schools and organizations"],
  academicSessions: ["Terms"],
  courses: ["Courses"],
  classes: ["Classes"],
  users: ["Students", "Teachers", "Other people"],
  enrollments: ["Enrollments"],
};
const COLUMNS = {
  read: "In the files",
  add: "Add",
  edit: "Edit",
  archive: "Archive",
  reactivate: "Reactivate",
  unchanged: "Unchanged",
} as const;

type ShownCounts = Omit<ExpectedCounts, "refused">;

/** The figures of the open report's matrix, as a person reads them. */
export async function shownCounts(page: Page): Promise<Record<Counted, ShownCounts>> {
  const rows = await page.locator("table.matrix tbody tr").evaluateAll((elements) =>
    elements.map((row) => ({
      title: row.querySelector("th")?.textContent ?? "",
      cells: [...row.querySelectorAll<HTMLElement>("td[data-l]")].map((cell): [string, string] => [
        cell.dataset.l ?? "",
        cell.textContent ?? "",
      ]),
    })),
  );
  const figure = (title: string, column: string): number => {
    const cells = rows.find((row) => row.title === title)?.cells ?? [];
    const text = cells.find(([name]) => name === column)?.[1] ?? "0";
    return Number(/[\d,]+/.exec(text)?.[0].replaceAll(",", ""));
  };
  const sum = (entity: Counted, column: string): number => TITLES[entity].reduce((total, title) => total + figure(title, column), 0);
  return eachEntity((entity) => ({
    read: sum(entity, COLUMNS.read),
    add: sum(entity, COLUMNS.add),
    edit: sum(entity, COLUMNS.edit),
    archive: sum(entity, COLUMNS.archive),
    reactivate: sum(entity, COLUMNS.reactivate),
    unchanged: sum(entity, COLUMNS.unchanged),
  }));
}

/** Expected counts without those that the matrix does not show. */
export const withoutRefused = (counts: Record<Counted, ExpectedCounts>): Record<Counted, ShownCounts> =>
  eachEntity((entity) => {
    const { refused: _, ...shown } = counts[entity];
    return shown;
  });

export const changesOf = (counts: Record<Counted, ExpectedCounts>): number =>
  COUNTED.reduce((sum, entity) => {
    const { add, edit, archive, reactivate } = counts[entity];
    return sum + add + edit + archive + reactivate;
  }, 0);

/** Relationships come from what people say of each other: one for each name of an agent. */
export function relationshipsIn(delivery: DemoDelivery): number {
  const text = delivery.files.find((file) => file.name === "users.csv")?.text ?? "";
  const people = Papa.parse<{ agentSourcedIds?: string }>(text, { header: true, skipEmptyLines: true }).data;
  return people.reduce((sum, { agentSourcedIds = "" }) => sum + agentSourcedIds.split(",").filter((key) => key !== "").length, 0);
}

/** A statement against the system's database, as its administrator. */
export async function lookUp<T extends postgres.Row>(text: string, values: postgres.ParameterOrJSON<never>[] = []): Promise<readonly T[]> {
  const sql = postgres(z.string().parse(process.env.DATABASE_URL), { max: 1, onnotice: () => {} });
  try {
    return await sql.unsafe<T[]>(text, values);
  } finally {
    await sql.end();
  }
}

/** Which commit an institution's Preview stands at; 0 before the first. */
export async function headOf(slug: string): Promise<number> {
  const [row] = await lookUp<{ head: number }>(
    `select e.head_seq as head from environments e join institutions i on i.id = e.institution_id where i.slug = $1 and e.name = 'preview'`,
    [slug],
  );
  return z.number().parse(row?.head);
}
