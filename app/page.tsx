import { redirect } from "next/navigation";
import { api, asked } from "./_trpc/server";

/** Nobody stays here: who belongs to one institution goes there, who belongs to several chooses, staff go to their console. */
export default async function FrontPage() {
  const session = await asked((await api()).session.get());
  const only = session.institutions.length === 1 ? session.institutions[0] : undefined;
  if (session.staffRole && session.institutions.length === 0) redirect("/vendor");
  redirect(only ? `/i/${only.slug}` : "/institutions");
}
