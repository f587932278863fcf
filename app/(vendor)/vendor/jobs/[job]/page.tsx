import type { Metadata } from "next";
import { Crumbs } from "@/app/_components/page-head";
import { api, asked } from "@/app/_trpc/server";
import { staffCan } from "@/server/auth/permissions";
import { functionWord } from "../job-words";
import { JobLive } from "./job-live";

export const metadata: Metadata = { title: "Job" };

/** One run of a function: what it waits for, what happened to it, and what staff may do about it. */
export default async function JobPage({ params }: { params: Promise<{ job: string }> }) {
  const { job: id } = await params;
  const caller = await api();
  const [job, session] = await Promise.all([asked(caller.vendor.jobs.get({ id })), asked(caller.session.get())]);
  return (
    <>
      <Crumbs up={[{ href: "/vendor/jobs", word: "Jobs" }]} here={functionWord(job.fnId)} />
      <JobLive first={job} mayAct={session.staffRole !== null && staffCan(session.staffRole, "job:act")} />
    </>
  );
}
