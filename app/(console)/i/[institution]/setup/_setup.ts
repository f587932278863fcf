import { cache } from "react";
import { api, asked } from "@/app/_trpc/server";
import { consoleOf } from "../[environment]/_console";

export interface SetupParams {
  institution: string;
}

const setupOfSlug = cache(async (slug: string) => asked((await api()).onboarding.get({ institution: slug })));

/** What every page of set-up needs: who reads, what is still to be done, and what may be done here. Set-up writes to Preview alone. */
export async function setupOf(params: Promise<SetupParams>) {
  const { institution } = await params;
  const here = await consoleOf(Promise.resolve({ institution, environment: "preview" }));
  return { ...here, home: `/i/${institution}/setup`, setup: await setupOfSlug(institution) };
}

export type SetupHere = Awaited<ReturnType<typeof setupOf>>;
