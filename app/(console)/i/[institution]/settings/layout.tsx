import type { ReactNode } from "react";
import { institutionTitle } from "@/app/_components/institution-title";
import { Navigation } from "@/app/_components/navigation";
import { InstitutionFrame } from "../frame";
import { type SettingsParams, settingsOf } from "./_settings";

interface LayoutProps {
  params: Promise<SettingsParams>;
  children: ReactNode;
}

export const generateMetadata = ({ params }: LayoutProps) => institutionTitle(settingsOf(params));

/** The frame of the settings: of the institution itself, and so of neither environment. */
export default async function SettingsLayout({ params, children }: LayoutProps) {
  const { slug, institution, session, can } = await settingsOf(params);
  const base = `/i/${slug}`;
  const groups = [
    {
      title: "Settings",
      links: [
        { href: `${base}/settings/members`, word: "Members" },
        { href: `${base}/settings/notifications`, word: "Notifications" },
        { href: `${base}/settings/security`, word: "Security" },
        ...(can("audit:read") ? [{ href: `${base}/settings/audit`, word: "Audit" }] : []),
        ...(can("data:read") ? [{ href: `${base}/settings/data`, word: "Data" }] : []),
      ],
    },
    {
      title: "Back to",
      links: [
        { href: `${base}/preview`, word: "Preview" },
        { href: `${base}/production`, word: "Production" },
      ],
    },
  ];
  return (
    <InstitutionFrame slug={slug} institution={institution} session={session} env="none" home={`${base}/preview`} groups={groups}>
      <div className="shell">
        <Navigation groups={groups} />
        <div className="page-column">{children}</div>
      </div>
    </InstitutionFrame>
  );
}
