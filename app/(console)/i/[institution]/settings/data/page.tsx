import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { Verdict } from "@/app/_components/page-head";
import { Removals } from "@/app/_components/removals";
import { Section } from "@/app/_components/section";
import { api, asked } from "@/app/_trpc/server";
import { type SettingsParams, settingsOf } from "../_settings";
import { DeletionPart } from "./deletion-part";
import { ExportPart } from "./export-part";
import { RetentionForm } from "./retention-form";

export const metadata: Metadata = { title: "Data" };

/** How long an institution's data are kept, and how they end. */
export default async function DataPage({ params }: { params: Promise<SettingsParams> }) {
  const { slug, institution, zone, can } = await settingsOf(params);
  if (!can("data:read")) notFound();
  const { data } = await api();
  const isOwner = can("data:manage");
  const [retention, deletion, exports] = await Promise.all([
    asked(data.retention.get({ institution: slug })),
    asked(data.deletion.get({ institution: slug })),
    isOwner ? asked(data.exports.list({ institution: slug })) : null,
  ]);
  return (
    <main id="main" className="main">
      <Verdict
        lede={
          <>
            What is read at all, and what is never kept, stands under{" "}
            <Link href={`/i/${slug}/preview/data-use`}>What we read and keep</Link>.
          </>
        }
      >
        The data belong to <bdi>{institution.name}</bdi>.
      </Verdict>
      <Section id="retention" title="How long things are kept">
        <p className="small soft">
          The current rosters, whatever a waiting plan needs and the audit stay as long as the institution does. What is older than this is
          deleted at night, for good.
        </p>
        <RetentionForm institution={slug} kept={retention} canEdit={isOwner} />
      </Section>
      <Section id="removed" title="What went lately">
        {retention.removals.length === 0 ? (
          <p className="soft">Nothing has expired yet.</p>
        ) : (
          <Removals of={retention.removals} zone={zone} label="What went lately" />
        )}
      </Section>
      <Section id="export" title="Everything as one file">
        {exports === null ? (
          <p className="soft">Only an owner can export everything of {institution.name}.</p>
        ) : (
          <ExportPart institution={slug} exports={exports} zone={zone} />
        )}
      </Section>
      <Section id="delete" title="The end of this institution">
        <DeletionPart institution={{ slug, name: institution.name }} deletion={deletion} zone={zone} canEdit={isOwner} />
      </Section>
    </main>
  );
}
