import { findCycles } from "./check-cycles";
import { type CheckedRow, collectKeys, type Keys } from "./check-keys";
import { checkEnrollments, checkPeople, type OwnCheck } from "./check-people";
import { COLUMNS, type Column, type Entity } from "./entities";
import { collectFindings, type Findings } from "./findings";
import type { Issue } from "./issue";
import type { FileMode } from "./run";

/**
 * Checks that take several rows, done in memory over one delivery: duplicates, references, types, circles and the rest of
 * `codes/roster-codes.ts` that needs no database. The engine does the same in sets (`sync/check`), against the roster.
 * Entities must be given in the order of ENTITIES, since a row refers only to its own entity and to those before.
 */
export interface RosterCheck {
  begin(entity: Entity, file: CheckedFile): void;
  see(row: CheckedRow): void;
  /** Ends the entity begun last: what was found, and how many of its rows are not loaded, whatever the reason. */
  end(): { issues: Issue[]; rejected: number };
}

interface CheckedFile {
  readonly file: string;
  readonly mode: FileMode;
  /** What the file calls a column of ours, where it has another name: `classSourcedId` for `class_key`. */
  readonly headings: Readonly<Record<string, string>>;
}

interface Seen {
  readonly mode: FileMode;
  readonly keys: Keys;
  /** By ordinal, for entities that others name by type or that have a parent. */
  readonly types: (string | null)[];
  readonly parents: (string | null)[];
  readonly schools: (string | null)[];
  near: Map<string, string> | null;
}

interface Reference {
  readonly index: number;
  readonly column: Column;
  readonly refers: Entity;
  /** The column's name in the file, for findings. */
  readonly heading: string;
}

export function checkRoster(): RosterCheck {
  const seen = new Map<Entity, Seen>();
  let work: Work | null = null;
  return {
    begin(entity, { file, mode, headings }) {
      const at: Seen = { mode, keys: collectKeys(), types: [], parents: [], schools: [], near: null };
      // A second file of an entity only adds to records of the first (roles of people): it defines none.
      if (!seen.has(entity)) seen.set(entity, at);
      work = begun({ entity, file, headings, seen: at, all: seen });
    },
    see(row) {
      work?.see(row);
    },
    end() {
      if (work === null) throw new Error("No entity was begun");
      const ended = work.end();
      work = null;
      return ended;
    },
  };
}

interface Work {
  see(row: CheckedRow): void;
  end(): { issues: Issue[]; rejected: number };
}

interface Beginning {
  readonly entity: Entity;
  readonly file: string;
  readonly headings: Readonly<Record<string, string>>;
  readonly seen: Seen;
  readonly all: ReadonlyMap<Entity, Seen>;
}

function begun({ entity, file, headings, seen, all }: Beginning): Work {
  const { keys } = seen;
  const findings = collectFindings(file, entity);
  const beside = new Map<string, Findings>();
  const issues: Issue[] = [];
  const references = referencesOf(entity, headings);
  const later: { ordinal: number; sourceKey: string | null; reference: Reference; key: string }[] = [];
  const own: readonly OwnCheck[] = entity === "users" ? [checkPeople()] : entity === "enrollments" ? [checkEnrollments(schoolOf(all))] : [];
  const [typeAt, parentAt, schoolAt] = [columnAt(entity, "type"), columnAt(entity, "parent_key"), columnAt(entity, "school_key")];
  // Only these two are named by a column that asks for a type.
  const isTyped = entity === "orgs" || entity === "academicSessions";
  const errorAt = (ordinal: number, told: Findings): void => {
    if (!told.isValid()) keys.reject(ordinal);
  };
  const findingsOf = (partial: string | undefined): Findings => {
    if (partial === undefined) return findings;
    const known = beside.get(partial) ?? collectFindings(partial, entity);
    beside.set(partial, known);
    return known;
  };
  return {
    see(row) {
      const { ordinal, first } = keys.add({ sourceKey: row.sourceKey, line: row.line, print: printOf(row) });
      if (isTyped) seen.types[ordinal] = row.cells[typeAt] ?? null;
      if (parentAt !== -1) seen.parents[ordinal] = row.valid ? (row.cells[parentAt] ?? null) : null;
      if (entity === "classes") seen.schools[ordinal] = row.cells[schoolAt] ?? null;
      if (!row.valid) keys.reject(ordinal);
      const told = findingsOf(row.partial);
      told.begin(Math.abs(row.line));
      if (row.sourceKey !== null) told.name(row.sourceKey);
      if (first !== null) reportDuplicate(told, { keys, ordinal, first, file });
      if (row.valid && row.status !== "tobedeleted") {
        for (const reference of references) {
          const value = row.cells[reference.index];
          if (value == null) continue;
          for (const key of reference.column.type === "list" ? value.split(",") : [value]) {
            if (reference.refers === entity) later.push({ ordinal, sourceKey: row.sourceKey, reference, key });
            else resolve(told, { reference, key, target: all.get(reference.refers) });
          }
        }
        for (const check of own) check(row, told);
      }
      errorAt(ordinal, told);
    },
    end() {
      for (const { ordinal, sourceKey, reference, key } of later) {
        findings.begin(keys.line(ordinal));
        if (sourceKey !== null) findings.name(sourceKey);
        resolve(findings, { reference, key, target: seen });
        errorAt(ordinal, findings);
      }
      if (parentAt !== -1) issues.push(...findCycles(keys, seen.parents, { file, entity }));
      for (const told of [findings, ...beside.values()]) issues.push(...told.take(), ...told.takeCounted());
      return { issues, rejected: keys.rejected };
    },
  };
}

const columnAt = (entity: Entity, name: string): number => COLUMNS[entity].findIndex((column) => column.name === name);

function referencesOf(entity: Entity, headings: Readonly<Record<string, string>>): readonly Reference[] {
  const columns: readonly Column[] = COLUMNS[entity];
  return columns.flatMap((column, index) =>
    column.refers === undefined ? [] : [{ index, column, refers: column.refers, heading: headings[column.name] ?? column.name }],
  );
}

const schoolOf =
  (all: ReadonlyMap<Entity, Seen>) =>
  (classKey: string): string | null => {
    const classes = all.get("classes");
    const ordinal = classes?.keys.find(classKey);
    return ordinal === undefined ? null : (classes?.schools[ordinal] ?? null);
  };

/** The same key again: the same data is read once, other data rejects both rows (SECURITY.md §E 40, 42, 43). */
function reportDuplicate(
  findings: Findings,
  { keys, ordinal, first, file }: { keys: Keys; ordinal: number; first: number; file: string },
): void {
  const where = `${file}:${keys.line(first)}`;
  if (keys.isSame(ordinal, first)) {
    findings.report("DUPLICATE_ROW", "sourcedId", { detail: `The row repeats ${where}; it was read once.` });
    return;
  }
  findings.report("DUPLICATE_ID", "sourcedId", { detail: `The id also stands in ${where} with other data; neither row is applied.` });
  keys.reject(first);
}

interface Resolving {
  readonly reference: Reference;
  readonly key: string;
  readonly target: Seen | undefined;
}

/** Looks up one reference: found, of the wrong type, missing, or not to be told from this delivery alone. */
function resolve(findings: Findings, { reference: { column, refers, heading }, key, target }: Resolving): void {
  const ordinal = target?.keys.find(key);
  if (target !== undefined && ordinal !== undefined) {
    const type = target.types[ordinal];
    if (column.mustBe !== undefined && type && type !== column.mustBe)
      findings.report("REF_WRONG_TYPE", heading, {
        value: key,
        detail: `It names one of ${refers} of type ${type}; it must be of type ${column.mustBe}.`,
      });
    else if (target.keys.isRejected(ordinal))
      findings.report("REF_UNVERIFIED", heading, { value: key, detail: `It names one of ${refers} whose own row is in error.` });
    return;
  }
  // A person stands without the agents that they name: the sync drops the mention.
  if (target?.mode !== "bulk" || column.name === "agent_keys") {
    findings.report("REF_UNVERIFIED", heading, {
      value: key,
      detail: `It is not among the ${refers} of this delivery; it is looked up in the roster at the sync.`,
    });
    return;
  }
  findings.report("REF_MISSING", heading, { value: key, detail: `It names none of the ${refers} of this delivery.` });
  target.near ??= new Map([...target.keys.keys()].map((other) => [nearForm(other), other]));
  const near = target.near.get(nearForm(key));
  if (near !== undefined)
    findings.report("ID_NEAR_MISS", heading, {
      value: key,
      detail: `The id ${near} differs only by leading zeros or capital letters; they were not matched.`,
    });
}

const nearForm = (key: string): string => key.replace(/^0+(?=.)/, "").toLowerCase();

/** 53 bits over what a row says; only rows with the same key are compared by it. */
function printOf({ cells, status }: CheckedRow): number {
  const text = `${status}\u001f${cells.join("\u001f")}`;
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ (code + index), 0x85ebca6b);
  }
  return (a >>> 0) * 2 ** 21 + (b >>> 11);
}
