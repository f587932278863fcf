import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { CheckList } from "@/app/_components/check-list";
import { ConnectForm } from "@/app/_components/connect-form";
import { counted } from "@/app/_components/counting";
import { Empty } from "@/app/_components/empty";
import { Title } from "@/app/_components/page-head";
import { When } from "@/app/_components/when";
import { systemOf, WhereFrom } from "@/app/_components/where-from";
import { api } from "@/app/_trpc/server";
import { type SetupParams, setupOf } from "../_setup";
import { ConnectFiles } from "./connect-files";

export const metadata: Metadata = { title: "Connect" };

interface ConnectProps {
  params: Promise<SetupParams>;
  searchParams: Promise<{ feed?: string }>;
}

/** One feed: what to bring, where it is found, and the test of what arrived. The feed that nothing came by yet, unless one is named. */
export default async function ConnectPage({ params, searchParams }: ConnectProps) {
  const here = await setupOf(params);
  const { setup, place, zone, home, can, institution } = here;
  const { feed: named } = await searchParams;
  if (setup.feeds.length === 0) redirect(`${home}/source`);
  const usual = setup.feeds.findLast(({ delivery }) => delivery === null) ?? setup.feeds.at(-1);
  const feed = named === undefined ? usual : setup.feeds.find(({ id }) => String(id) === named);
  if (feed === undefined) notFound();
  if (!can("delivery:create")) {
    return (
      <main id="main" className="main">
        <Title>Only admins connect {feed.label}.</Title>
        <Empty title="You can look at every run and every list">Ask an admin of {institution.name} to send the files.</Empty>
      </main>
    );
  }
  const ask = await api();
  const of = { institution: place.institution };
  const [sources, connection, check] = await Promise.all([
    ask.onboarding.sources(of),
    ask.onboarding.connection({ ...of, feed: feed.id }),
    feed.delivery === null ? null : ask.onboarding.check({ ...of, delivery: feed.delivery.id }),
  ]);
  const source = sources.find(({ key }) => key === feed.source) ?? notFound();
  const red = check?.lines.filter(({ outcome }) => outcome === "fail").length ?? 0;
  const isRed = red > 0;
  return (
    <main id="main" className="main">
      <Title lede={isRed ? redWords(red) : `You need: ${source.needs}`}>
        {feed.delivery === null ? `Connect ${feed.label}` : isRed ? `${feed.label} needs a correction` : `${feed.label} is connected`}
      </Title>
      <div className="cols even connect-columns">
        <div className="stack">
          <ConnectFiles
            institution={place.institution}
            feed={feed.id}
            words={source.tile}
            zone={zone}
            waiting={feed.delivery !== null && !isRed && (setup.run === null || setup.due === "preview") ? feed.delivery.id : null}
          />
          {connection.fields.length > 0 ? <ConnectForm fields={connection.fields} zone={zone} by={{ ...of, feed: feed.id }} /> : null}
          <WhereFrom source={source} system={systemOf(connection.fields)} />
        </div>
        <div className="last-test">
          {check === null ? (
            <div className="sheet">
              <div className="pad">
                <h2>Connection test</h2>
                <p className="soft">
                  As soon as files arrive, each is tested here: its name, its characters, its columns, its first rows. A red line says what
                  is wrong and what to do; a green list goes on to the first plan by itself.
                </p>
              </div>
            </div>
          ) : (
            <>
              <CheckList lines={check.lines} />
              {feed.delivery === null ? null : (
                <p className="small soft setup-next">
                  Arrived <When at={feed.delivery.at} zone={zone} />
                </p>
              )}
            </>
          )}
        </div>
      </div>
    </main>
  );
}

const redWords = (n: number): string =>
  n === 1
    ? "One line of the test is red. Mend it in your SIS, and send the files again."
    : `${counted(n, "line")} of the test are red. Mend them in your SIS, and send the files again.`;
