import type { Metadata } from "next";
import { counted } from "@/app/_components/counting";
import { Verdict } from "@/app/_components/page-head";
import { ROLE_WORDS } from "@/app/_components/role-words";
import { Section } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import { api, asked } from "@/app/_trpc/server";
import { type SettingsParams, settingsOf } from "../_settings";
import { Invite } from "./invite";
import { ChangeRole, RemoveMember } from "./member-actions";
import { TakeBack } from "./take-back";

export const metadata: Metadata = { title: "Members" };

/** Who may do what at this institution; owners change it here. */
export default async function MembersPage({ params }: { params: Promise<SettingsParams> }) {
  const { slug, institution, session, zone, can } = await settingsOf(params);
  const { members: people, invitations } = await api();
  const mayManage = can("member:manage");
  const members = await asked(people.list({ institution: slug }));
  const open = mayManage ? await asked(invitations.list({ institution: slug })) : [];
  return (
    <main id="main" className="main">
      <Verdict lede="Every page and every answer checks the role anew, so a role that is taken away ends at once.">
        {counted(members.length, "person belongs", "people belong")} to {institution.name}.
      </Verdict>
      {mayManage ? <Invite institution={slug} /> : <p className="soft section-go">Owners invite people and change their roles.</p>}
      <table className="ledger mid fold section" aria-label="Members">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">E-mail</th>
            <th scope="col">Role</th>
            <th scope="col">Since</th>
            {mayManage ? (
              <th scope="col">
                <span className="vh">Remove</span>
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {members.map((member) => {
            const isSelf = member.accountId === session.account.id;
            return (
              <tr key={member.accountId}>
                <th scope="row">
                  <bdi>{member.name ?? member.email}</bdi>
                  {isSelf ? <span className="sub">you</span> : null}
                </th>
                <td data-l="E-mail">
                  <bdi>{member.email}</bdi>
                </td>
                <td data-l="Role">
                  <span>
                    {mayManage ? <ChangeRole institution={slug} member={member} /> : ROLE_WORDS[member.role].name}
                    <span className="sub">{ROLE_WORDS[member.role].may}</span>
                  </span>
                </td>
                <td data-l="Since">
                  <When at={member.createdAt} zone={zone} />
                </td>
                {mayManage ? (
                  <td>
                    <RemoveMember institution={slug} member={member} isSelf={isSelf} />
                  </td>
                ) : null}
              </tr>
            );
          })}
        </tbody>
      </table>
      {open.length > 0 ? (
        <Section id="invited" title="Invited, not yet here">
          <table className="ledger mid fold" aria-label="Open invitations">
            <thead>
              <tr>
                <th scope="col">E-mail</th>
                <th scope="col">Role</th>
                <th scope="col">Invited by</th>
                <th scope="col">Link</th>
                <th scope="col">
                  <span className="vh">Take back</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {open.map((invitation) => (
                <tr key={invitation.id}>
                  <th scope="row">
                    <bdi>{invitation.email}</bdi>
                  </th>
                  <td data-l="Role">{ROLE_WORDS[invitation.role].name}</td>
                  <td data-l="Invited by">
                    <bdi>{invitation.invitedBy ?? "Rollcall"}</bdi>
                  </td>
                  <td data-l="Link">
                    <span>
                      {invitation.isExpired ? "expired " : "until "}
                      <When at={invitation.expiresAt} zone={zone} />
                    </span>
                  </td>
                  <td>
                    <TakeBack institution={slug} invitation={invitation} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
      ) : null}
    </main>
  );
}
