import type { Metadata } from "next";
import Link from "next/link";
import { z } from "zod";
import { LinkButton } from "@/app/_components/button";
import { Empty } from "@/app/_components/empty";
import { Note } from "@/app/_components/note";
import { Title } from "@/app/_components/page-head";
import { Section } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import { consoleOf } from "../[environment]/_console";
import { DisableFeed } from "./disable-feed";
import { EnableFeed } from "./enable-feed";
import { optionWord } from "./option-word";
import { OptionsForm } from "./options-form";

export const metadata: Metadata = { title: "Configure" };

type Feed = Outputs["configure"]["get"]["feeds"][number];

interface ConfigureProps {
  params: Promise<{ institution: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

const Address = z.object({ feed: z.coerce.number().int().positive().optional().catch(undefined) });

/** The options of a feed in four groups, what Production reads otherwise, and the switch that stops the feed. */
export default async function ConfigurePage({ params, searchParams }: ConfigureProps) {
  const { institution } = await params;
  const here = await consoleOf(Promise.resolve({ institution, environment: "preview" }));
  const { feed: wanted } = Address.parse(await searchParams);
  const { groups, feeds } = await asked((await api()).configure.get({ institution }));
  const feed = feeds.find((one) => one.id === wanted) ?? feeds[0];
  const canEdit = here.can("feed:manage");
  if (feed === undefined) {
    return (
      <main id="main" className="main">
        <Title>There is nothing to configure yet.</Title>
        <Empty title="Options belong to a feed" action={<Link href={here.base}>See the status</Link>}>
          The first files that are sent make one.
        </Empty>
      </main>
    );
  }
  return (
    <main id="main" className="main">
      <Title lede="Preview reads by what is saved here; Production keeps what was approved until the next promotion.">
        How <bdi>{feed.name}</bdi> is read and held
      </Title>
      <p>
        <Link className="hit2" href={`/i/${institution}/configure/organizations`}>
          Schools, organizations and what they are called
        </Link>
      </p>
      <p>
        <Link className="hit2" href={`/i/${institution}/configure/welcome`}>
          Welcome mails: what they say, to whom, how fast
        </Link>
      </p>
      {feeds.length > 1 ? <FeedChoice feeds={feeds} open={feed.id} institution={institution} /> : null}
      {feed.disabledAt ? (
        <Note tone="warning">
          <p>
            <b>
              This feed is switched off, since <When at={feed.disabledAt} zone={here.zone} />.
            </b>{" "}
            It takes no files and starts no runs; everything that it brought stays.
          </p>
          {canEdit ? <EnableFeed institution={institution} feed={feed.id} name={feed.name} /> : null}
        </Note>
      ) : null}
      {feed.working === null ? null : (
        <Note tone="info">
          <p>
            <Link href={`${here.base}/runs/${feed.working}`}>Run {feed.working}</Link> is at work with these settings; they can be changed
            again when it is prepared.
          </p>
        </Note>
      )}
      <Differing feed={feed} />
      <OptionsForm
        key={`${feed.id} ${feed.version}`}
        institution={institution}
        feed={feed}
        groups={groups}
        canEdit={canEdit && feed.disabledAt === null && feed.working === null}
      />
      {canEdit && feed.disabledAt === null ? (
        <Section id="disable" title="Switch this feed off">
          <p className="soft">
            It then takes no files and starts no runs. Nobody is archived for it: everything that it brought stays as it is, and it can be
            switched on again.
          </p>
          <div className="section-go">
            <DisableFeed institution={institution} feed={feed.id} name={feed.name} />
          </div>
        </Section>
      ) : null}
    </main>
  );
}

function FeedChoice({ feeds, open, institution }: { feeds: readonly Feed[]; open: number; institution: string }) {
  return (
    <nav className="row wrap section" aria-label="Feeds">
      {feeds.map((feed) => (
        <LinkButton
          key={feed.id}
          size="sm"
          href={`/i/${institution}/configure?feed=${feed.id}`}
          aria-current={feed.id === open ? "page" : undefined}
        >
          <bdi>{feed.name}</bdi> {feed.disabledAt ? "(off)" : ""}
        </LinkButton>
      ))}
    </nav>
  );
}

/** What the next promotion carries along. */
function Differing({ feed }: { feed: Feed }) {
  if (feed.productionVersion === null || feed.differing.length === 0) return null;
  return (
    <Note tone="info">
      <p>
        <b>Production still reads otherwise.</b> The next promotion carries along:
      </p>
      <ul className="plain-list">
        {feed.differing.map(({ label, production, draft }) => {
          const type = feed.options.find((option) => option.label === label)?.type;
          return (
            <li key={label}>
              {label}: {optionWord(type, production)} → {optionWord(type, draft)}
            </li>
          );
        })}
      </ul>
    </Note>
  );
}
