import { Download } from "lucide-react";
import Link from "next/link";
import { LinkButton } from "@/app/_components/button";
import { count, counted } from "@/app/_components/counting";
import { grouped } from "@/app/_components/grouped";
import { HelpLink } from "@/app/_components/help-link";
import { Icon } from "@/app/_components/icon";
import { InWords } from "@/app/_components/in-words";
import { Op } from "@/app/_components/op";
import { Value } from "@/app/_components/value";
import { When } from "@/app/_components/when";
import { ACTION_WORDS, ENTITY_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";
import { codeTitle } from "@/app/help/codes/code-title";

type Log = Outputs["overview"]["log"];
type Line = Log["rows"][number];

interface RunLogProps {
  log: Log;
  /** The code whose warnings are unfolded. */
  code: string | undefined;
  isFirst: boolean;
  /** The address of this page with other parts. */
  hrefWith: (change: { code?: string; after?: string }) => string;
  /** The run's report. */
  report: string;
  zone: string;
}

/** The warnings of one run by code; those of the chosen one at their action, which unfolds them. */
export function RunLog({ log, code, isFirst, hrefWith, report, zone }: RunLogProps) {
  if (log.removedAt !== null) return <RemovedLog log={log} removedAt={log.removedAt} zone={zone} />;
  const chosen = log.groups.find((group) => group.code === code);
  return (
    <>
      <div className="filters">
        <fieldset className="facets wrap" aria-label="By code">
          {log.groups.map((group) => (
            <Link
              key={group.code}
              prefetch={false}
              scroll={false}
              href={hrefWith({ code: group.code })}
              aria-current={group.code === code ? "true" : undefined}
            >
              <InWords of={codeTitle(group.code)} /> <span className="muted">{count(group.total)}</span>
            </Link>
          ))}
        </fieldset>
        <a className="small push row hit2" href={`${report}/log.csv${code ? `?code=${code}` : ""}`} download>
          <Icon of={Download} />
          {code ? "These warnings as CSV" : "All warnings as CSV"}
        </a>
      </div>
      {chosen ? (
        <section aria-labelledby="log-of-code">
          <header className="row wrap">
            <h2 id="log-of-code">
              <InWords of={codeTitle(chosen.code)} />: {counted(chosen.total, "warning")}
            </h2>
            <HelpLink code={chosen.code}>What it means and how to mend it</HelpLink>
          </header>
          <LogTable lines={log.rows} />
          <nav className="row wrap pages" aria-label="Pages">
            {isFirst ? null : (
              <LinkButton size="sm" href={hrefWith({ code: chosen.code })}>
                First page
              </LinkButton>
            )}
            {log.nextCursor === null ? null : (
              <LinkButton size="sm" href={hrefWith({ code: chosen.code, after: String(log.nextCursor) })}>
                Next page
              </LinkButton>
            )}
          </nav>
        </section>
      ) : (
        <p className="soft">Choose a code to see its warnings, each at the action that it belongs to.</p>
      )}
    </>
  );
}

/** What is left of the warnings of a run when their time is over. */
function RemovedLog({ log, removedAt, zone }: { log: Log; removedAt: Date; zone: string }) {
  return (
    <>
      <p>
        They were removed <When at={removedAt} zone={zone} />, because their time was over. How many there were stays:
      </p>
      <ul className="stack small">
        {log.groups.map((group) => (
          <li key={group.code}>
            <InWords of={codeTitle(group.code)} /> <span className="muted">{count(group.total)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A line for each record; the arrow in the Action column unfolds what was found about it. */
function LogTable({ lines }: { lines: readonly Line[] }) {
  const records = [...grouped(lines, (line) => (line.sourceKey === null ? `finding ${line.id}` : `${line.entity} ${line.sourceKey}`))];
  return (
    <table className="ledger fold" aria-label="Warnings by action">
      <thead>
        <tr>
          <th scope="col">Action</th>
          <th scope="col">Record</th>
          <th scope="col" className="num">
            Warnings
          </th>
        </tr>
      </thead>
      <tbody>
        {records.map(([key, found]) => (
          <LogRow key={key} found={found} />
        ))}
      </tbody>
    </table>
  );
}

function LogRow({ found }: { found: readonly Line[] }) {
  const [first] = found;
  if (first === undefined) return null;
  return (
    <tr>
      <td data-l="Action">
        <details className="log-action">
          <summary>
            {first.action ? <Op kind={first.action}>{ACTION_WORDS[first.action].title}</Op> : <Op kind="wait">No change</Op>}
          </summary>
          <ul className="stack small">
            {found.map((line) => (
              <li key={line.id}>
                <InWords of={line.detail} />
                <span className="sub">
                  <code>{line.at}</code>
                  {line.column ? (
                    <>
                      , column <code>{line.column}</code>
                    </>
                  ) : null}
                  {line.seen === null ? null : (
                    <>
                      , seen: <Value of={line.seen} />
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </details>
      </td>
      <th scope="row">
        {first.name === null ? <span className="muted">The file</span> : <Value of={first.name} />}
        <span className="sub">
          {first.entity ? <InWords of={`${ENTITY_WORDS[first.entity].one} `} /> : ""}
          {first.sourceKey ? (
            <code>
              <Value of={first.sourceKey} />
            </code>
          ) : null}
        </span>
      </th>
      <td className="num" data-l="Warnings">
        {count(found.length)}
      </td>
    </tr>
  );
}
