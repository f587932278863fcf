import type { Metadata } from "next";
import { ownPath } from "@/app/_components/own-path";
import { Title } from "@/app/_components/page-head";
import { PressToSignIn } from "./press-to-sign-in";

export const metadata: Metadata = { title: "Sign in" };

/** What a sign-in link opens. Opening it changes nothing: mail scanners open links too, so only the press signs in (STACK trap 9). */
export default async function SignInLinkPage({ searchParams }: { searchParams: Promise<{ token?: string; to?: string }> }) {
  const { token, to } = await searchParams;
  return (
    <>
      <Title lede="One press and you are in. This link works once, for ten minutes.">Continue to Rollcall</Title>
      <PressToSignIn token={token ?? ""} to={ownPath(to)} />
    </>
  );
}
