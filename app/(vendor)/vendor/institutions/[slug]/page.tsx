import type { Metadata } from "next";
import { lasting } from "@/app/_components/clock";
import { counted } from "@/app/_components/counting";
import { Env } from "@/app/_components/env";
import { OnboardingTimeline } from "@/app/_components/onboarding-timeline";
import { Op } from "@/app/_components/op";
import { Crumbs, Facts, Title } from "@/app/_components/page-head";
import { Scroll, Section } from "@/app/_components/section";
import { StateBadge } from "@/app/_components/state-badge";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import { staffCan } from "@/server/auth/permissions";
import { sizeWords } from "../../queue-table";
import { BLOCKED, stageWord } from "../../stage-words";
import { AddNote } from "./add-note";
import { DeletionDecision } from "./deletion-decision";
import { LimitsForm } from "./limits-form";
import { OwnerChoice } from "./owner-choice";
import { Trail } from "./trail";
import { ViewAs } from "./view-as";

type Institution = Outputs["vendor"]["institutions"]["get"];

interface InstitutionProps {
  params: Promise<{ slug: string }>;
}

export const metadata: Metadata = { title: "Institution" };

/** One institution as the vendor's people may see it: how it stands, whom to call, what holds for it, and what happened. */
export default async function InstitutionPage({ params }: InstitutionProps) {
  const { slug } = await params;
  const ask = await api();
  const [institution, deletion, timeline, { staffRole }] = await Promise.all([
    asked(ask.vendor.institutions.get({ institution: slug })),
    asked(ask.vendor.deletions.get({ institution: slug })),
    asked(ask.onboarding.vendorTimeline({ institution: slug })),
    asked(ask.session.get()),
  ]);
  const zone = institution.timeZone;
  const { blocked } = institution;
  return (
    <>
      <Crumbs up={[{ href: "/vendor/institutions", word: "Institutions" }]} here={<bdi>{institution.name}</bdi>} />
      <Title lede={sizeWords(institution)} beside={<ViewAs institution={{ slug, name: institution.name }} />}>
        <bdi>{institution.name}</bdi>
      </Title>
      <Facts
        of={[
          ["Stage", `${stageWord(institution.stage)}, for ${lasting(Date.now() - institution.stageSince.getTime())}`],
          ["Source", institution.sources.join(", ") || "none yet"],
          ["Last good sync", institution.committedAt ? <When key="sync" at={institution.committedAt} zone={zone} /> : "never"],
          ["Members", String(institution.members)],
          ["Times in", zone],
          ["Help contact", institution.helpContact ? <bdi key="help">{institution.helpContact}</bdi> : "none set"],
          ["Since", <When key="since" at={institution.createdAt} zone={zone} />],
        ]}
      />
      {blocked ? (
        <p className="lede row start">
          <Op kind={BLOCKED.find(({ kind }) => kind === blocked.kind)?.op ?? "wait"} />
          <span>
            <b>{BLOCKED.find(({ kind }) => kind === blocked.kind)?.word}:</b> {blocked.text}
            {blocked.run === null ? "" : ` (run ${blocked.run})`}, since <When at={blocked.since} zone={zone} />.
          </span>
        </p>
      ) : null}
      {deletion === null ? null : (
        <DeletionDecision
          institution={slug}
          deletion={deletion}
          zone={zone}
          canDecide={staffRole !== null && staffCan(staffRole, "institution:delete")}
        />
      )}
      <div className="record-columns institution-columns section">
        <div>
          <Runs of={institution} />
          <Section id="seven-steps" title="The way to Production, for both sides">
            <OnboardingTimeline lines={timeline} zone={zone} plan={{ side: "vendor", institution: slug }} />
          </Section>
          <LimitsForm institution={slug} limits={institution.limits} canEdit={staffRole !== null && staffCan(staffRole, "limit:set")} />
          <Trail entries={institution.trail} zone={zone} />
        </div>
        <div>
          <Section id="owner" title="Owner">
            <OwnerChoice institution={slug} owner={institution.owner?.id ?? null} staff={institution.staff} />
          </Section>
          <Contacts of={institution} />
          <Section id="notes" title="Notes">
            <AddNote institution={slug} />
            <ul className="stack note-list">
              {institution.notes.map((note) => (
                <li key={note.id}>
                  <p className="kept-lines">{note.text}</p>
                  <span className="sub">
                    <bdi>{note.by}</bdi>, <When at={note.at} zone={zone} />
                  </span>
                </li>
              ))}
            </ul>
          </Section>
        </div>
      </div>
    </>
  );
}

/** What the newest run says, and each run that blocks. */
function Runs({ of: institution }: { of: Institution }) {
  const { lastRun, held, failing, timeZone: zone, slug } = institution;
  return (
    <Section id="runs" title="Runs" beside={<a href={`/vendor/runs?institution=${encodeURIComponent(slug)}`}>All runs</a>}>
      {lastRun === null ? (
        <p className="soft">Nothing has been sent yet.</p>
      ) : (
        <ul className="stack">
          <li className="row wrap">
            Run {lastRun.number} <StateBadge state={lastRun.state} /> <Env name={lastRun.environment} />{" "}
            <When at={lastRun.at} zone={zone} />
            {lastRun.reason ? <span className="soft">{lastRun.reason}</span> : null}
          </li>
          {held
            .filter(({ run }) => run !== lastRun.number)
            .map((run) => (
              <li key={run.run} className="row wrap">
                <Op kind="hold" /> Run {run.run} <Env name={run.environment} /> held since <When at={run.at} zone={zone} />
                <span className="soft">{run.text}</span>
              </li>
            ))}
          {failing.map((run) => (
            <li key={run.run} className="row wrap">
              <Op kind="bad" /> <Env name={run.environment} /> {counted(run.runs, "run")} in a row failed, since{" "}
              <When at={run.at} zone={zone} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Contacts({ of: institution }: { of: Institution }) {
  return (
    <Section id="contacts" title="Contacts">
      {institution.contacts.length === 0 ? (
        <p className="soft">Nobody of this institution has come in yet.</p>
      ) : (
        <Scroll label="Contacts">
          <table className="ledger small" aria-label="Contacts">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Role</th>
              </tr>
            </thead>
            <tbody>
              {institution.contacts.map((contact) => (
                <tr key={contact.email}>
                  <th scope="row">
                    <bdi>{contact.name ?? contact.email}</bdi>
                    <span className="sub">
                      <a href={`mailto:${contact.email}`}>{contact.email}</a>
                    </span>
                  </th>
                  <td>{contact.role === "owner" ? "Owner" : "Admin"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Section>
  );
}
