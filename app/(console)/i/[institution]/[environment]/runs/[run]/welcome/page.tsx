import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { z } from "zod";
import { LinkButton } from "@/app/_components/button";
import { counted } from "@/app/_components/counting";
import { Crumbs, Verdict } from "@/app/_components/page-head";
import { Scroll, Section } from "@/app/_components/section";
import { Value } from "@/app/_components/value";
import { welcomeHeadline } from "@/app/_components/welcome-words";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import { type RunParams, runOf } from "../_run";
import { WelcomeProgress } from "./welcome-progress";

export async function generateMetadata({ params }: { params: Promise<RunParams> }): Promise<Metadata> {
  const { run } = await runOf(params);
  return { title: `Welcome mails of run ${run.number}` };
}

const SHOWN = { all: "Everybody", noAddress: "Without an address", failed: "Not reached" } as const;
const Address = z.object({
  show: z.enum(["all", "noAddress", "failed"]).catch("all"),
  after: z.coerce.number().int().optional().catch(undefined),
});

interface WelcomeProps {
  params: Promise<RunParams>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The welcome mails of one commit: how they stand, how to stop them, and to whom they go. */
export default async function WelcomeOfRunPage({ params, searchParams }: WelcomeProps) {
  const { here, run, report } = await runOf(params);
  const { show, after } = Address.parse(await searchParams);
  const ask = await api();
  const at = { ...here.place, run: run.number };
  const [welcome, people] = await Promise.all([
    asked(ask.welcome.ofRun(at)),
    asked(ask.welcome.list({ ...at, show, after: after ?? null })),
  ]);
  if (welcome === null) notFound();
  const href = (parts: Record<string, string>): string => `${report}/welcome?${new URLSearchParams(parts)}`;
  return (
    <main id="main" className="main">
      <Crumbs
        up={[
          { href: `${here.base}/runs`, word: "Runs" },
          { href: report, word: `Run ${run.number}` },
        ]}
        here="Welcome mails"
      />
      <Verdict
        lede={
          <>
            {welcome.withoutAddress > 0 ? `${counted(welcome.withoutAddress, "person", "people")} besides without an address. ` : null}
            <Link href={`/i/${here.place.institution}/configure/welcome`}>What the mail says</Link>
          </>
        }
      >
        {welcomeHeadline(welcome)}
      </Verdict>
      {welcome.state === "simulated" ? null : (
        <WelcomeProgress
          at={at}
          initial={welcome}
          zone={here.zone}
          can={{ stop: here.can("run:commit"), release: here.can("run:override") }}
        />
      )}
      <Section id="people" title="To whom">
        <nav className="row wrap" aria-label="Which people">
          {(["all", "noAddress", "failed"] as const)
            .filter((one) => one !== "failed" || welcome.state !== "simulated")
            .map((one) => (
              <LinkButton key={one} size="sm" href={href({ show: one })} aria-current={one === show ? "page" : undefined}>
                {SHOWN[one]}
              </LinkButton>
            ))}
        </nav>
        <People rows={people.rows} />
        {people.next === null && after === undefined ? null : (
          <p className="row wrap section">
            {after === undefined ? null : <Link href={href({ show })}>Back to the first page</Link>}
            {people.next === null ? null : (
              <LinkButton size="sm" href={href({ show, after: String(people.next) })}>
                Next page
              </LinkButton>
            )}
          </p>
        )}
      </Section>
    </main>
  );
}

type Person = Outputs["welcome"]["list"]["rows"][number];

const STATES: Record<Person["state"], string> = {
  simulated: "would get one",
  noAddress: "no address",
  waiting: "waits for its wave",
  inOutbox: "on its way",
  sent: "sent",
  failing: "refused, tried again",
  failed: "not reached",
  gone: "archived before",
  cancelled: "cancelled",
};

function People({ rows }: { rows: readonly Person[] }) {
  if (rows.length === 0) return <p className="soft">Nobody.</p>;
  return (
    <Scroll label="People and their welcome mails">
      <table className="ledger mid" aria-label="People and their welcome mails">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">E-mail</th>
            <th scope="col">User name</th>
            <th scope="col">Mail</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((person) => (
            <tr key={person.sourcedId}>
              <th scope="row">
                <Value of={person.name} />
              </th>
              <td>{person.email === null ? <span className="muted">none</span> : <Value of={person.email} />}</td>
              <td>{person.username === null ? <span className="muted">none</span> : <Value of={person.username} />}</td>
              <td>
                {STATES[person.state]}
                {person.error === null ? null : (
                  <>
                    {" "}
                    <code>{person.error}</code>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
