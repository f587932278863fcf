import Link from "next/link";
import { LinkButton } from "@/app/_components/button";
import { lasting } from "@/app/_components/clock";
import { count, counted } from "@/app/_components/counting";
import { Env } from "@/app/_components/env";
import { grouped } from "@/app/_components/grouped";
import { Op } from "@/app/_components/op";
import { Scroll } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import { BLOCKED, type Blocked, type Institution, stageWord } from "./stage-words";
import { TakeButton } from "./take-button";

/** The institutions that need somebody, under the reason for which they do. */
export function QueueTable({ institutions, me }: { institutions: readonly Institution[]; me: number }) {
  const groups = grouped(institutions, (one) => one.blocked?.kind);
  return (
    <Scroll label="Institutions that need somebody">
      <table className="ledger fold mid queue" aria-label="Institutions that need somebody" data-queue>
        <thead>
          <tr>
            <th scope="col">Institution</th>
            <th scope="col">Source</th>
            <th scope="col">Stage</th>
            <th scope="col" className="num">
              Blocked for
            </th>
            <th scope="col">Last good sync</th>
            <th scope="col">What blocks</th>
            <th scope="col">Owner</th>
            <th scope="col">
              <span className="vh">Action</span>
            </th>
          </tr>
        </thead>
        {BLOCKED.map(({ kind, word, about, op }) => {
          const rows = groups.get(kind) ?? [];
          return rows.length === 0 ? null : (
            <tbody key={kind}>
              <tr className="grp">
                <th colSpan={8} scope="rowgroup">
                  <span className="row">
                    <b>{word}</b> <span>{count(rows.length)}</span>
                    <span className="muted">{about}</span>
                  </span>
                </th>
              </tr>
              {rows.map((one) => (
                <QueueRow key={one.slug} of={one} blocked={one.blocked} op={op} me={me} />
              ))}
            </tbody>
          );
        })}
      </table>
    </Scroll>
  );
}

interface QueueRowProps {
  of: Institution;
  blocked: Blocked | null;
  op: (typeof BLOCKED)[number]["op"];
  me: number;
}

function QueueRow({ of: one, blocked, op, me }: QueueRowProps) {
  if (blocked === null) return null;
  return (
    <tr data-row>
      <th scope="row">
        <Link prefetch={false} className="hit" href={`/vendor/institutions/${one.slug}`} data-open={blocked.promotion ? undefined : ""}>
          <bdi>{one.name}</bdi>
        </Link>
        <span className="sub">{sizeWords(one)}</span>
      </th>
      <td data-l="Source">{one.sources.join(", ") || <span className="muted">None yet</span>}</td>
      <td data-l="Stage">{blocked.environment ? <Env name={blocked.environment} /> : stageWord(one.stage)}</td>
      <td data-l="Blocked for" className="num">
        {blocked.kind === "failing" ? counted(blocked.runs, "run") : lasting(Date.now() - blocked.since.getTime())}
      </td>
      <td data-l="Last good sync" className="nowrap">
        {one.committedAt ? <When at={one.committedAt} zone={one.timeZone} /> : "Never"}
      </td>
      <td data-l="What blocks">
        <span className="row start">
          <Op kind={op} />
          <span>{blocked.text}</span>
        </span>
      </td>
      <td data-l="Owner" className={one.owner ? "nowrap" : "nowrap muted"}>
        {one.owner ? one.owner.id === me ? "You" : <bdi>{one.owner.name}</bdi> : "Nobody"}
      </td>
      <td data-l="" className="num">
        <span className="row end">
          {one.owner ? null : <TakeButton institution={one.slug} name={one.name} me={me} />}
          {blocked.promotion ? (
            <LinkButton size="sm" href={`/vendor/approvals/${blocked.promotion}`} data-open aria-label={`Review ${one.name}`}>
              Review
            </LinkButton>
          ) : one.owner ? (
            <LinkButton size="sm" href={`/vendor/institutions/${one.slug}`} aria-label={`Open ${one.name}`}>
              Open
            </LinkButton>
          ) : null}
        </span>
      </td>
    </tr>
  );
}

/** "62 schools, 45,000 students": what is committed, if anything is. */
export function sizeWords({ counts }: Pick<Institution, "counts">): string {
  if (counts.people === 0) return "Nothing committed yet";
  return counts.students > 0
    ? `${counted(counts.schools, "school")}, ${counted(counts.students, "student")}`
    : `${counted(counts.schools, "school")}, ${counted(counts.people, "person", "people")}`;
}
