import { redirect } from "next/navigation";
import { consoleOf } from "./[environment]/_console";

/** The front door of an institution: set-up while nothing was chosen and nothing committed, and Preview from then on. */
export default async function InstitutionPage({ params }: { params: Promise<{ institution: string }> }) {
  const { institution: slug } = await params;
  const { institution, environment, base, can } = await consoleOf(Promise.resolve({ institution: slug, environment: "preview" }));
  const isNew = institution.feeds.length === 0 && environment.headSeq === 0;
  redirect(isNew && can("feed:manage") ? `/i/${slug}/setup` : base);
}
