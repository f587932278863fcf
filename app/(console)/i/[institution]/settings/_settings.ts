import { cache } from "react";
import { api, asked } from "@/app/_trpc/server";

export interface SettingsParams {
  institution: string;
}

const institutionOf = cache(async (slug: string) => asked((await api()).institutions.get({ institution: slug })));
const sessionOf = cache(async () => asked((await api()).session.get()));

/** What every page of the settings needs. They are one for both environments. */
export async function settingsOf(params: Promise<SettingsParams>) {
  const { institution: slug } = await params;
  const [institution, session] = await Promise.all([institutionOf(slug), sessionOf()]);
  return {
    slug,
    institution,
    session,
    zone: institution.timeZone,
    can: (permission: (typeof institution.permissions)[number]) => institution.permissions.includes(permission),
  };
}
