import { readdirSync } from "node:fs";
import { join } from "node:path";
import superjson from "superjson";
import { checkout } from "@/server/processes/checkout";
import type { Person } from "@/server/trpc/person";
import { listProcedures } from "@/tests/support/procedures";
import type { Fixtures, Ids } from "@/tests/tenancy/fixture";
import { lookUp } from "../e2e/support/report";
import { type PlaceAtM, placeAtM } from "./pages-at-m";

export interface Timed {
  readonly name: string;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** So many requests that do not count: code is compiled, connections are made. */
const WARM = 20;

/** Asks the server for every page and every reading procedure (`only`: those with one of these pieces), one request at a time, each so many times. */
export async function timePages(
  times: number,
  only?: readonly string[],
): Promise<{ timed: readonly Timed[]; unmeasured: readonly string[] }> {
  const place = await placeAtM();
  // What Postgres does by itself within minutes of a load is done before the measurement, not during it.
  for (const statement of ["vacuum (analyze)", "checkpoint"]) await lookUp(statement);
  const fixtures = await everyFixture();
  const timed: Timed[] = [];
  const unmeasured = pagesWithout(place.pages.map(({ file }) => file));
  const isAsked = (name: string): boolean => only?.some((piece) => name.includes(piece)) ?? true;
  for (const { name, path, who } of place.pages) if (isAsked(name)) timed.push(await time(name, times, () => ask(place.people[who], path)));
  for (const { path, type, meta } of listProcedures()) {
    if (type !== "query" || !isAsked(path)) continue;
    const fixture = fixtures[path];
    if (fixture === undefined) {
      unmeasured.push(path);
      continue;
    }
    const input = { ...fixture.input?.(known(place)), ...(meta?.scope === "institution" ? { institution: place.ids.institution } : {}) };
    const person = place.people[meta?.scope === "vendor" || meta?.scope === "staff" ? "staff" : "member"];
    const query = encodeURIComponent(superjson.stringify(input));
    timed.push(await time(path, times, () => ask(person, `/api/trpc/${path}?input=${query}`)));
  }
  return { timed, unmeasured };
}

/** The tenancy matrix has a valid input for every procedure, by file. */
async function everyFixture(): Promise<Fixtures> {
  const folder = join(checkout, "tests", "tenancy", "fixtures");
  const modules = await Promise.all(readdirSync(folder).map((file): Promise<Record<string, Fixtures>> => import(join(folder, file))));
  return Object.assign({}, ...modules.flatMap((module) => Object.values(module)));
}

/** The cast: a procedure that asks for a thing which this place lacks is answered with a refusal, and stops the measurement. */
const known = (place: PlaceAtM): Ids => place.ids as Ids;

/** Pages of the console and of the vendor that nothing above asks for. */
function pagesWithout(measured: readonly string[]): string[] {
  const root = join(checkout, "app");
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => /^\((console|vendor)\)\/.*page\.tsx$/.test(file) && !measured.includes(file))
    .toSorted();
}

async function time(name: string, times: number, once: () => Promise<void>): Promise<Timed> {
  for (let n = 0; n < WARM; n += 1) await once();
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const from = performance.now();
    await once();
    took.push(performance.now() - from);
  }
  took.sort((a, b) => a - b);
  const at = (share: number): number => took[Math.max(0, Math.ceil(share * took.length) - 1)] ?? 0;
  return { name, p50: at(0.5), p95: at(0.95), max: at(1) };
}

async function ask(person: Person, path: string): Promise<void> {
  const response = await person.request(path);
  const body = await response.text();
  if (response.status >= 400) throw new Error(`${path} answers ${response.status}: ${body.slice(0, 300)}`);
}
