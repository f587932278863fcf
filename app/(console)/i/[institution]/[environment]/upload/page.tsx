import type { Metadata } from "next";
import { Empty } from "@/app/_components/empty";
import { environmentWord } from "@/app/_components/env";
import { Verdict } from "@/app/_components/page-head";
import { api } from "@/app/_trpc/server";
import { type ConsoleParams, consoleOf } from "../_console";
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
  const schools = environment.headSeq > 0 ? await (await api()).roster.schools(place) : [];
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
        schools={schools}
        zone={zone}
      />
    </main>
  );
}
