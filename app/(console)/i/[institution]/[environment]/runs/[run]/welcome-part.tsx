import Link from "next/link";
import { counted } from "@/app/_components/counting";
import { Section } from "@/app/_components/section";
import { welcomeHeadline } from "@/app/_components/welcome-words";
import { api, asked } from "@/app/_trpc/server";
import type { Console } from "../../_console";

/** The welcome mails that this commit makes due, or would; nothing where it makes none. */
export async function WelcomePart({ here, run, report }: { here: Console; run: { number: number; state: string }; report: string }) {
  if (run.state !== "committed") return null;
  const welcome = await asked((await api()).welcome.ofRun({ ...here.place, run: run.number }));
  if (welcome === null) return null;
  return (
    <Section id="welcome" title="Welcome mails">
      <p>
        {welcomeHeadline(welcome)}
        {welcome.withoutAddress > 0
          ? ` ${counted(welcome.withoutAddress, "person", "people")} besides ${welcome.withoutAddress === 1 ? "has" : "have"} no address.`
          : null}
      </p>
      <p className="section-go">
        <Link href={`${report}/welcome`}>See whom</Link>
      </p>
    </Section>
  );
}
