import { PartsBar } from "@/app/_components/bars";
import { count } from "@/app/_components/counting";
import { FigureLink } from "@/app/_components/figure-link";
import type { Outputs } from "@/app/_trpc/outputs";
import type { Counts } from "@/server/roster/change";
import { ENTITIES } from "@/server/roster/entities";

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

/** The heads of the figures, after those that say whose they are. */
export function PartHeads({ run }: { run: Run }) {
  return (
    <>
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
    </>
  );
}

/** What was read, and the five figures that add up to it, each a link to its rows. */
export function PartFigures({ counts, run, of }: { counts: Counts; run: Run; of: PartPlace }) {
  const parts = partsOf(counts);
  return (
    <>
      <td className="num strong" data-l="Rows read">
        {count(counts.read)}
      </td>
      {PARTS.map((part) => {
        const href = partHref(part, of);
        const n = parts[part];
        return (
          <td key={part} className={n === 0 ? "num zero" : "num"} data-l={partWord(part, run)}>
            {n === 0 || !href ? (
              count(n)
            ) : (
              <FigureLink href={href} label={`${count(n)} ${partWord(part, run).toLowerCase()}`}>
                {count(n)}
              </FigureLink>
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

interface MergedFiguresProps {
  counts: Counts;
  /** The file whose rows take these in. */
  into: string;
  report: string;
  entity: string | null;
}

/** A file whose rows are read into those of another, where they are counted once more with all that they change. */
export function MergedFigures({ counts, into, report, entity }: MergedFiguresProps) {
  const merged = counts.read - counts.rejected - counts.ignored;
  const query = new URLSearchParams({ ...(entity ? { entity } : {}) });
  const left = [
    { kind: "rejected", n: counts.rejected, word: "In error", query: `${query}&code=REF_MISSING` },
    { kind: "ignored", n: counts.ignored, word: "Ignored", query: `${query}&code=REF_UNVERIFIED` },
  ] as const;
  return (
    <>
      <td className="num strong" data-l="Rows read">
        {count(counts.read)}
      </td>
      <td colSpan={3} className="soft" data-l="Merged">
        {count(merged)} merged into {into}
      </td>
      {left.map((part) => (
        <td key={part.kind} className={part.n === 0 ? "num zero" : "num"} data-l={part.word}>
          {part.n === 0 ? (
            "0"
          ) : (
            <FigureLink href={`${report}/findings?${part.query}`} label={`${count(part.n)} ${part.word.toLowerCase()}`}>
              {count(part.n)}
            </FigureLink>
          )}
        </td>
      ))}
      <td className="bar-column">
        <PartsBar parts={[{ kind: "committed", n: merged }, ...left.map(({ kind, n }) => ({ kind, n }))]} />
      </td>
    </>
  );
}

/** Whose figures these are, which is where they lead. */
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
