import type { Metadata } from "next";
import Link from "next/link";
import { ownPath } from "@/app/_components/own-path";
import { Title } from "@/app/_components/page-head";
import { isSignUpOpen } from "@/server/services/sign-up/request";
import { AskForLink } from "./ask-for-link";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ to?: string }> }) {
  const { to } = await searchParams;
  return (
    <>
      <Title lede="We send a link and a short code to your work e-mail. There is no password to remember.">Sign in to Rollcall</Title>
      <AskForLink to={ownPath(to)} />
      {isSignUpOpen() ? (
        <p className="small soft setup-next">
          Not here yet? <Link href="/signup">Set up your institution</Link>
        </p>
      ) : null}
    </>
  );
}
