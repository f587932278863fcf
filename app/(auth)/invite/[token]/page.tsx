import type { Metadata } from "next";
import { LinkButton } from "@/app/_components/button";
import { Title } from "@/app/_components/page-head";
import { ROLE_PHRASES } from "@/app/_components/role-words";
import { api, asked } from "@/app/_trpc/server";
import { PressToJoin } from "./press-to-join";
import { SendNewInvitation } from "./send-new-invitation";

export const metadata: Metadata = { title: "Invitation" };

/** What an invitation's link opens. Opening it changes nothing: mail scanners open links too, so only the press accepts (T25). */
export default async function InvitationPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const invitation = await asked((await api()).invitations.look({ token }));
  if (invitation === null || invitation.state === "ended") {
    return (
      <Title lede="It was taken back, or a newer one was sent to the same address. Look for the newest mail, or ask whoever invited you.">
        This invitation has ended
      </Title>
    );
  }
  const { institution, email, role, invitedBy, slug } = invitation;
  if (invitation.state === "used") {
    return (
      <>
        <Title lede={`Somebody with this link joined ${institution} already, as ${email}. If it was you, sign in with that address.`}>
          This invitation was used
        </Title>
        <p className="sign-in-form">
          <LinkButton kind="go" href={`/login?to=${encodeURIComponent(`/i/${slug}`)}`}>
            Send a sign-in link
          </LinkButton>
        </p>
      </>
    );
  }
  if (invitation.state === "expired") {
    return (
      <>
        <Title lede={`An invitation lives for seven days. We can send a new one to ${email}, and to no other address.`}>
          This invitation to {institution} has expired
        </Title>
        <SendNewInvitation token={token} email={email} />
      </>
    );
  }
  return (
    <>
      <Title
        lede={`${invitedBy ?? "Somebody"} asks you to be ${ROLE_PHRASES[role]}. One press makes you one, as ${email}, and signs you in.`}
      >
        Join <bdi>{institution}</bdi>
      </Title>
      <PressToJoin token={token} to={`/i/${slug}`} />
    </>
  );
}
