import type { Metadata } from "next";
import { api, asked } from "@/app/_trpc/server";
import { Address, questionOf } from "./address";
import { JobsLive } from "./jobs-live";

export const metadata: Metadata = { title: "Jobs" };

interface JobsPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The runs of functions, newest first: what works, what waits, what failed. */
export default async function JobsPage({ searchParams }: JobsPageProps) {
  const address = Address.parse(await searchParams);
  const vendor = (await api()).vendor;
  const [summary, list, institutions] = await Promise.all([
    asked(vendor.jobs.summary()),
    asked(vendor.jobs.list(questionOf(address))),
    asked(vendor.institutions.list()),
  ]);
  const named = institutions.map(({ slug, name }) => ({ slug, name })).toSorted((a, b) => a.name.localeCompare(b.name));
  return <JobsLive address={address} first={{ summary, list }} institutions={named} />;
}
