import { redirect } from "next/navigation";

/** An institution's address without an environment is that of its Preview. */
export default async function InstitutionPage({ params }: { params: Promise<{ institution: string }> }) {
  redirect(`/i/${encodeURIComponent((await params).institution)}/preview`);
}
