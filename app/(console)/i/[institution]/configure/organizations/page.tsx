import type { Metadata } from "next";
import { counted } from "@/app/_components/counting";
import { Crumbs, Title } from "@/app/_components/page-head";
import { Section } from "@/app/_components/section";
import { api, asked } from "@/app/_trpc/server";
import { consoleOf } from "../../[environment]/_console";
import { AutoCreate } from "./auto-create";
import { Hierarchy } from "./hierarchy";
import { LabelChoice } from "./label-choice";
import { PortalMode } from "./portal-mode";
import { SchoolMapping } from "./school-mapping";

export const metadata: Metadata = { title: "Schools and organizations" };

/** Whether the portal is one school or many, which organization each school is, and what the pages call things. */
export default async function ConfigureOrganizationsPage({ params }: { params: Promise<{ institution: string }> }) {
  const { institution } = await params;
  const here = await consoleOf(Promise.resolve({ institution, environment: "preview" }));
  const mapping = await asked((await api()).organizations.mapping({ institution }));
  const canEdit = here.can("feed:manage");
  const missing = mapping.schools.filter((school) => school.organizationId === null).length;
  return (
    <main id="main" className="main">
      <Crumbs up={[{ href: `/i/${institution}/configure`, word: "Configure" }]} here="Schools and organizations" />
      <Title lede="One for both environments. Who is in which school comes from your files alone.">
        {mapping.mode === "single"
          ? "One school"
          : `${counted(mapping.organizations.length, "organization")} for ${counted(mapping.schools.length, "school or district", "schools and districts")}`}
      </Title>
      <Section id="portal-mode" title="One school or many">
        <PortalMode institution={institution} mapping={mapping} canEdit={canEdit} />
      </Section>
      {mapping.mode === "multi" ? (
        <>
          <Section
            id="auto-create"
            title="Organizations"
            beside={canEdit ? <AutoCreate institution={institution} missing={missing} /> : null}
          >
            <Hierarchy institution={institution} mapping={mapping} canEdit={canEdit} />
          </Section>
          <Section id="school-mapping" title="Which organization each school is">
            <SchoolMapping institution={institution} mapping={mapping} canEdit={canEdit} />
          </Section>
        </>
      ) : null}
      <Section id="labels" title="What the pages call things">
        <LabelChoice institution={institution} words={mapping.words} canEdit={canEdit} />
      </Section>
    </main>
  );
}
