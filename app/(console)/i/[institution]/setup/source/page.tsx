import type { Metadata } from "next";
import { Title } from "@/app/_components/page-head";
import { api } from "@/app/_trpc/server";
import { type SetupParams, setupOf } from "../_setup";
import { SourceTiles } from "./source-tiles";

export const metadata: Metadata = { title: "Choose source" };

export default async function SourcePage({ params }: { params: Promise<SetupParams> }) {
  const { institution, setup, place, can } = await setupOf(params);
  const sources = await (await api()).onboarding.sources({ institution: place.institution });
  const labels = setup.feeds.map(({ name }) => name).join(", ");
  return (
    <main id="main" className="main">
      <Title
        lede={
          setup.feeds.length === 0
            ? "You can add more feeds later. A feed only ever archives what it brought itself."
            : `You have ${labels}. Choosing here adds another feed; it only ever archives what it brought itself.`
        }
      >
        Where does {institution.name} keep its roster?
      </Title>
      <SourceTiles
        institution={place.institution}
        sources={sources}
        canChoose={can("feed:manage")}
        hasFeeds={setup.feeds.some(({ delivery }) => delivery !== null)}
      />
    </main>
  );
}
