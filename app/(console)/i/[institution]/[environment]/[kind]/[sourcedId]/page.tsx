import type { Metadata } from "next";
import Link from "next/link";
import { cache } from "react";
import { environmentWord } from "@/app/_components/env";
import { InWords } from "@/app/_components/in-words";
import { Op } from "@/app/_components/op";
import { Crumbs, Facts, Title } from "@/app/_components/page-head";
import { StatusBadge } from "@/app/_components/state-badge";
import { Value } from "@/app/_components/value";
import { columnWord } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import type { Words } from "@/server/roster/labels";
import { type ConsoleParams, consoleOf } from "../../_console";
import { type Kind, kindOf } from "../_kinds";
import { RecordHistory } from "./record-history";

interface RecordPageProps {
  params: Promise<ConsoleParams & { kind: string; sourcedId: string }>;
}

const recordOf = cache(async (institution: string, environment: "preview" | "production", of: { kind: Kind; sourcedId: string }) =>
  asked((await api()).roster.get({ institution, environment, ...of })),
);

async function here(params: RecordPageProps["params"]) {
  const { kind: word, sourcedId } = await params;
  const kind = kindOf(word);
  const console = await consoleOf(params);
  const { place } = console;
  return {
    ...console,
    kind,
    record: await recordOf(place.institution, place.environment, { kind, sourcedId: decodeURIComponent(sourcedId) }),
  };
}

export async function generateMetadata({ params }: RecordPageProps): Promise<Metadata> {
  const { kind, words } = await here(params);
  const word = words[kind].one;
  // A name does not belong in a browser's history.
  return { title: word.charAt(0).toUpperCase() + word.slice(1) };
}

type Record = Outputs["roster"]["get"];

/** One record: what is known of it now, what belongs to it, and what happened to it. */
export default async function RecordPage({ params }: RecordPageProps) {
  const { base, kind, record, zone, place, words: own } = await here(params);
  const words = own[kind];
  const organization = kind === "schools" ? await organizationOf(place.institution, record.sourceKey) : null;
  return (
    <main id="main" className="main">
      <Crumbs up={[{ href: `${base}/${kind}`, word: words.title }]} here={<Value of={record.name || record.sourceKey} />} />
      <Title beside={<StatusBadge status={record.status} concluded={record.concluded ?? false} />}>
        <Value of={record.name || record.sourceKey} />
      </Title>
      <Facts
        of={[
          ["Source key", <code key="key">{record.sourceKey}</code>],
          ["sourcedId", record.sourcedId === record.sourceKey ? null : <code key="id">{record.sourcedId}</code>],
          [
            "Organization",
            organization ? (
              <Link key="organization" href={`${base}/organizations/${organization.id}`}>
                <Value of={organization.name} />
              </Link>
            ) : null,
          ],
          ["Also in", record.alsoIn.length > 0 ? record.alsoIn.join(", ") : null],
          ["Earlier names", record.earlierNames.length > 0 ? record.earlierNames.map((name) => <Value key={name} of={name} />) : null],
          [
            "One change waits",
            record.waiting ? (
              <Link key="waiting" href={`${base}/runs/${record.waiting.run}`}>
                Run {record.waiting.run}
              </Link>
            ) : null,
          ],
        ]}
      />
      {record.status === "archived" ? (
        <p className="lede">Archived, not erased: this {words.one} comes back by itself as soon as the files bring it back.</p>
      ) : null}
      <div className="record-columns">
        <section className="section" aria-labelledby="history">
          <header>
            <h2 id="history">What happened to this {kind === "students" || kind === "teachers" ? "person" : words.one}</h2>
          </header>
          <RecordHistory base={base} history={record.history} zone={zone} />
        </section>
        <aside>
          <Fields record={record} where={environmentWord(place.environment)} />
          <Belonging record={record} base={base} kind={kind} words={own.classes} />
        </aside>
      </div>
    </main>
  );
}

/** The organization that a school is, where one was made of it. */
async function organizationOf(institution: string, schoolKey: string): Promise<{ id: number; name: string } | null> {
  const { schools, organizations } = await asked((await api()).organizations.mapping({ institution }));
  const id = schools.find((school) => school.key === schoolKey)?.organizationId;
  return organizations.find((one) => one.id === id) ?? null;
}

function Fields({ record, where }: { record: Record; where: string }) {
  return (
    <section className="section" aria-labelledby="fields" data-density="dense">
      <header>
        <h2 id="fields">Record in {where}</h2>
      </header>
      <table className="ledger first small mid" aria-labelledby="fields">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {record.fields.map(({ field, value, note }) => (
            <tr key={field}>
              <th scope="row" className="nowrap sentence">
                <InWords of={columnWord(field)} />
              </th>
              <td>
                <Value of={plainly(field, value)} />
                {note ? <span className="sub">{note}</span> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What the format writes for machines, for people: a flag, and ids as `{type:id}`. All else stands as it is. */
function plainly(field: string, value: string): string {
  if (field === "enabled") return value === "true" ? "yes" : "no";
  const ids = [...value.matchAll(/\{([^{}:]+):([^{}]*)\}/g)];
  return ids.map(([id]) => id).join(",") === value ? ids.map(([, type, id]) => `${type} ${id}`).join(", ") : value;
}

const TONES = { active: "ok", later: "env-op", ended: "wait", archived: "wait" } as const;

/** The classes of a person, or the people of a class. */
function Belonging({ record, base, kind, words }: { record: Record; base: string; kind: Kind; words: Words }) {
  if (record.enrollments.length === 0) return null;
  const title = kind === "classes" ? "People" : words.title;
  return (
    <section className="section" aria-labelledby="belonging" data-density="dense">
      <header>
        <h2 id="belonging">{title}</h2>
      </header>
      <table className="ledger first small mid" aria-labelledby="belonging">
        <thead>
          <tr>
            <th scope="col">{kind === "classes" ? "Person" : words.one.charAt(0).toUpperCase() + words.one.slice(1)}</th>
            <th scope="col">Role</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {record.enrollments.map((enrollment) => (
            <tr key={`${enrollment.other.sourcedId} ${enrollment.role} ${enrollment.state}`}>
              <th scope="row">
                <Link
                  prefetch={false}
                  className="hit"
                  href={`${base}/${enrollment.other.kind}/${encodeURIComponent(enrollment.other.sourcedId)}`}
                >
                  <Value of={enrollment.other.name} />
                </Link>
              </th>
              <td className="nowrap">
                <InWords of={enrollment.role} />
              </td>
              <td>
                <Op kind={TONES[enrollment.tone]}>{enrollment.state}</Op>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
