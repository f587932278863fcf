import { setTimeout as pause } from "node:timers/promises";
import type { Person } from "@/server/trpc/person";
import type { Picture } from "./gallery";

const PATIENCE_MS = 60_000;

/** Makes the next promotion write to everybody whom it brings to Production. */
export async function switchWelcomeOn({ slug, person }: { slug: string; person: Person }): Promise<void> {
  const { feeds } = await person.api.configure.get.query({ institution: slug });
  await person.api.configure.save.mutate({ institution: slug, feed: feeds[0]?.id ?? 0, options: { welcomeMails: true } });
}

/** Welcome mails of an institution that has gone live, and the page behind the link of a mail. */
export async function welcomePictures(of: { slug: string; person: Person; mail: string }): Promise<Picture[]> {
  const batch = await counted(of);
  const unsubscribe = /\/unsubscribe\/\S+/.exec(of.mail)?.[0] ?? "none";
  return [
    {
      name: "welcome",
      file: "(console)/i/[institution]/configure/welcome/page.tsx",
      path: `/i/${of.slug}/configure/welcome`,
      viewer: "member",
    },
    {
      name: "welcome-of-run",
      file: "(console)/i/[institution]/[environment]/runs/[run]/welcome/page.tsx",
      path: `/i/${of.slug}/production/runs/${batch}/welcome`,
      viewer: "member",
    },
    { name: "unsubscribe", file: "(auth)/unsubscribe/[token]/page.tsx", path: unsubscribe, viewer: "nobody" },
    { name: "unsubscribe-unknown", file: "(auth)/unsubscribe/[token]/page.tsx", path: "/unsubscribe/unknown", viewer: "nobody" },
  ];
}

/** The run whose welcome mails were counted. */
async function counted({ slug, person }: { slug: string; person: Person }): Promise<number> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await pause(200)) {
    const { batches } = await person.api.welcome.get.query({ institution: slug });
    const found = batches.find((batch) => batch.state !== "counting");
    if (found !== undefined) return found.run;
    if (Date.now() > deadline) throw new Error("No welcome mails were counted");
  }
}
