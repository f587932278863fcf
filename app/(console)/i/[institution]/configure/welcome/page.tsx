import type { Metadata } from "next";
import Link from "next/link";
import { count } from "@/app/_components/counting";
import { environmentWord } from "@/app/_components/env";
import { Note } from "@/app/_components/note";
import { Crumbs, Title } from "@/app/_components/page-head";
import { Section } from "@/app/_components/section";
import { WELCOME_STATES } from "@/app/_components/welcome-words";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import { consoleOf } from "../../[environment]/_console";
import { WelcomeForm } from "./welcome-form";

export const metadata: Metadata = { title: "Welcome mails" };

type Welcome = Outputs["welcome"]["get"];

/** What people who are new in Production are written, to whom, how fast, and what went out. */
export default async function WelcomePage({ params }: { params: Promise<{ institution: string }> }) {
  const { institution } = await params;
  const here = await consoleOf(Promise.resolve({ institution, environment: "preview" }));
  const welcome = await asked((await api()).welcome.get({ institution }));
  return (
    <main id="main" className="main">
      <Crumbs up={[{ href: `/i/${institution}/configure`, word: "Configure" }]} here="Welcome mails" />
      <Title lede="Each person is written to once ever, when Production first holds them. Preview counts and lists them, and sends nothing.">
        {headline(welcome)}
      </Title>
      {welcome.product === null ? (
        <Note tone="warning">
          <p>
            <b>No mail can go yet.</b> The vendor has not said where these mails lead, so every batch is held.
          </p>
        </Note>
      ) : null}
      {welcome.hasMailServer ? null : (
        <Note tone="warning">
          <p>
            <b>No mail server is set here,</b> so no wave goes out until the vendor sets one.
          </p>
        </Note>
      )}
      <Section id="which-feeds" title="Which feeds write them">
        {welcome.feeds.length === 0 ? (
          <p className="soft">There is no feed yet.</p>
        ) : (
          <ul className="plain-list stack">
            {welcome.feeds.map((feed) => (
              <li key={feed.id}>
                <Link className="hit2" href={`/i/${institution}/configure?feed=${feed.id}#options-delivery`}>
                  <bdi>{feed.name}</bdi>
                </Link>
                : {feed.preview ? "on" : "off"} in Preview,{" "}
                {feed.production === null ? "not in Production yet" : `${feed.production ? "on" : "off"} in Production`}
              </li>
            ))}
          </ul>
        )}
        <p className="hint">It is an option of each feed, under Delivery, and off by default. A promotion carries it to Production.</p>
      </Section>
      <WelcomeForm institution={institution} welcome={welcome} canEdit={here.can("feed:manage")} />
      <Section id="batches" title="The last commits that made some due">
        <Batches institution={institution} batches={welcome.batches} zone={here.zone} />
      </Section>
    </main>
  );
}

function headline({ feeds }: Welcome): string {
  if (feeds.some((feed) => feed.production)) return "New people get a welcome mail";
  if (feeds.some((feed) => feed.preview)) return "Welcome mails are on in Preview alone";
  return "Welcome mails are off";
}

function Batches({ institution, batches, zone }: { institution: string; batches: Welcome["batches"]; zone: string }) {
  if (batches.length === 0) return <p className="soft">There was none yet.</p>;
  return (
    <table className="ledger fold" aria-label="The last commits that made welcome mails due">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Where</th>
          <th scope="col">When</th>
          <th scope="col">State</th>
          <th scope="col" className="n">
            Mails
          </th>
        </tr>
      </thead>
      <tbody>
        {batches.map((batch) => (
          <tr key={batch.run}>
            <th scope="row">
              <Link prefetch={false} href={`/i/${institution}/${batch.environment}/runs/${batch.run}/welcome`}>
                Run {batch.run}
              </Link>
            </th>
            <td data-l="Where">{environmentWord(batch.environment)}</td>
            <td data-l="When">
              <When at={batch.createdAt} zone={zone} />
            </td>
            <td data-l="State">{WELCOME_STATES[batch.state]}</td>
            <td data-l="Mails" className="n">
              {count(batch.mails)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
