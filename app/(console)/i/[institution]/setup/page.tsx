import type { Metadata } from "next";
import { LinkButton } from "@/app/_components/button";
import { OnboardingTimeline } from "@/app/_components/onboarding-timeline";
import { Title } from "@/app/_components/page-head";
import { Section } from "@/app/_components/section";
import { api } from "@/app/_trpc/server";
import { type SetupHere, type SetupParams, setupOf } from "./_setup";
import { HandOffs } from "./hand-offs";
import { SourceTiles } from "./source/source-tiles";

export const metadata: Metadata = { title: "Set-up" };

/** What comes next, ready to be done, and below it the seven steps of both sides. */
export default async function SetupPage({ params }: { params: Promise<SetupParams> }) {
  const here = await setupOf(params);
  const { setup, place, zone, can } = here;
  const ask = await api();
  const of = { institution: place.institution };
  const [timeline, sources, handOffs] = await Promise.all([
    ask.onboarding.timeline(of),
    setup.due === "source" ? ask.onboarding.sources(of) : [],
    can("feed:manage") ? ask.handOffs.list(of) : [],
  ]);
  return (
    <main id="main" className="main">
      <NextStep here={here} />
      {setup.due === "source" ? (
        <SourceTiles institution={place.institution} sources={sources} canChoose={can("feed:manage")} hasFeeds={false} />
      ) : null}
      {handOffs.length > 0 ? <HandOffs institution={place.institution} handOffs={handOffs} zone={zone} /> : null}
      <Section id="seven-steps" title="The way to Production, for both sides">
        <OnboardingTimeline lines={timeline} zone={zone} plan={can("feed:manage") ? { side: "institution", ...of } : null} />
      </Section>
    </main>
  );
}

function NextStep({ here }: { here: SetupHere }) {
  const { setup, institution, home, base, place } = here;
  const report = setup.run === null ? base : `${base}/runs/${setup.run.number}`;
  switch (setup.due) {
    case "source":
      return (
        <Title lede="You can add more feeds later. A feed only ever archives what it brought itself.">
          Where does {institution.name} keep its roster?
        </Title>
      );
    case "connect":
      return (
        <Next
          says={
            setup.feeds.some(({ delivery }) => delivery !== null)
              ? `Next: send corrected files of ${setup.feeds.at(-1)?.label ?? "your source"}.`
              : `Next: send the files of ${setup.feeds.at(-1)?.label ?? "your source"}.`
          }
          lede="We test them, and prepare the first plan by ourselves. Preparing writes nothing."
          href={`${home}/connect`}
          word="Connect and test"
        />
      );
    case "map":
    case "preview":
      return setup.run === null ? (
        <Next
          says="The files are here; the first plan is not yet prepared."
          lede="Preparing compares them with Preview and writes nothing."
          href={`${home}/connect`}
          word="Prepare the first plan"
        />
      ) : (
        <Next
          says={setup.run.reason === null ? "The first plan is being prepared." : "The first plan could not be prepared."}
          lede={setup.run.reason ?? "You may close this page; the report shows how far it is."}
          href={setup.run.reason === null ? report : `${home}/connect`}
          word={setup.run.reason === null ? "Watch it" : "Send corrected files"}
        />
      );
    case "commit":
      return (
        <Next
          says="The first plan is ready: look it over, then commit it to Preview."
          lede="Nothing is written before you say so, and nothing but what you see."
          href={report}
          word="Look it over"
        />
      );
    case "confirm":
      return (
        <Next
          says="Preview holds your roster. Is it right?"
          lede="Confirm it, and ask for Production. Somebody of the vendor approves; until then no classroom reads it."
          href={`/i/${place.institution}/promote`}
          word="Confirm for Production"
        />
      );
    case null:
      return (
        <Next says={`${institution.name} is set up.`} lede="Production is live and confirmed." href={base} word="Go to the status page" />
      );
    default:
      return setup.due satisfies never;
  }
}

function Next({ says, lede, href, word }: { says: string; lede: string; href: string; word: string }) {
  return (
    <>
      <Title lede={lede}>{says}</Title>
      <p className="row wrap setup-next">
        <LinkButton kind="go" href={href}>
          {word}
        </LinkButton>
      </p>
    </>
  );
}
