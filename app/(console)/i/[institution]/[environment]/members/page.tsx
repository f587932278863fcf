import type { Metadata } from "next";
import { counted } from "@/app/_components/counting";
import { Verdict } from "@/app/_components/page-head";
import { When } from "@/app/_components/when";
import { api, asked } from "@/app/_trpc/server";
import { type ConsoleParams, consoleOf } from "../_console";

export const metadata: Metadata = { title: "Members" };

const ROLE_WORDS = {
  owner: "Owner: everything, and who belongs here",
  admin: "Admin: sends files, starts runs, reviews and commits",
  reviewer: "Reviewer: reviews, commits and discards",
  viewer: "Viewer: looks, and changes nothing",
} as const;

/** Who may do what at this institution. */
export default async function MembersPage({ params }: { params: Promise<ConsoleParams> }) {
  const { place, institution, zone } = await consoleOf(params);
  const members = await asked((await api()).members.list({ institution: place.institution }));
  return (
    <main id="main" className="main">
      <Verdict lede="Every page and every answer checks the role anew, so a role that is taken away ends at once.">
        {counted(members.length, "person belongs", "people belong")} to {institution.name}.
      </Verdict>
      <table className="ledger fold section" aria-label="Members">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">E-mail</th>
            <th scope="col">Role</th>
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <tr key={member.email}>
              <th scope="row">
                <bdi>{member.name ?? member.email}</bdi>
              </th>
              <td data-l="E-mail">
                <bdi>{member.email}</bdi>
              </td>
              <td data-l="Role">{ROLE_WORDS[member.role]}</td>
              <td data-l="Since">
                <When at={member.createdAt} zone={zone} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  );
}
