import type { Metadata } from "next";
import { Empty } from "@/app/_components/empty";
import { environmentWord } from "@/app/_components/env";
import { Verdict } from "@/app/_components/page-head";
import { api } from "@/app/_trpc/server";
import { type ConsoleParams, consoleOf } from "../_console";
import { startScope } from "../start-scope";
import { SendFiles } from "./send-files";

export const metadata: Metadata = { title: "Send files" };

export default async function UploadPage({ params }: { params: Promise<ConsoleParams> }) {
  const here = await consoleOf(params);
  const { place, environment, institution, zone, can } = here;
  if (!can("delivery:create")) {
    return (
      <main id="main" className="main">
        <Verdict>Only admins send files.</Verdict>
        <Empty title="You can look at every run and every list">
          Ask an admin of {institution.name} to send files, or to make you an admin.
        </Empty>
      </main>
    );
  }
  const ask = await api();
  const [mapping, schools] = await Promise.all([
    ask.organizations.mapping({ institution: place.institution }),
    environment.headSeq > 0 ? ask.roster.schools(place) : [],
  ]);
  return (
    <main id="main" className="main">
      <Verdict
        lede={`We read the files, compare them with ${environmentWord(place.environment)}, and show you every change before anything is written.`}
      >
        Send the files that your SIS exported.
      </Verdict>
      <SendFiles
        place={place}
        feeds={institution.feeds}
        source={institution.sources[0]}
        isFirst={environment.headSeq === 0}
        scope={startScope(mapping, schools)}
        zone={zone}
      />
    </main>
  );
}
