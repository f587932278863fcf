import { notFound } from "next/navigation";
import { cache } from "react";
import { api, asked } from "@/app/_trpc/server";
import { wordsOf } from "@/server/roster/labels";
import { ENVIRONMENTS, type EnvironmentName } from "@/server/roster/run";

export interface ConsoleParams {
  institution: string;
  environment: string;
}

const isEnvironment = (name: string): name is EnvironmentName => ENVIRONMENTS.some((known) => known === name);

const institutionOf = cache(async (slug: string) => asked((await api()).institutions.get({ institution: slug })));
const sessionOf = cache(async () => asked((await api()).session.get()));

/** What every page of the console needs: who reads, where they are, and what may be done there. */
export async function consoleOf(params: Promise<ConsoleParams>) {
  const { institution: slug, environment: name } = await params;
  if (!isEnvironment(name)) notFound();
  const base = `/i/${slug}/${name}`;
  const [institution, session] = await Promise.all([institutionOf(slug), sessionOf()]);
  const environment = institution.environments.find((one) => one.name === name) ?? notFound();
  const place = { institution: slug, environment: name } as const;
  return {
    /** The two words that every procedure of this institution asks for. */
    place,
    base,
    institution,
    environment,
    session,
    zone: institution.timeZone,
    /** What this institution calls its schools, teachers, students and classes. */
    words: wordsOf(institution.labels),
    can: (permission: (typeof institution.permissions)[number]) => institution.permissions.includes(permission),
  };
}

export type Console = Awaited<ReturnType<typeof consoleOf>>;
