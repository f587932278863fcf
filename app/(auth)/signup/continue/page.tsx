import type { Metadata } from "next";
import { Title } from "@/app/_components/page-head";
import { PressToSetUp } from "./press-to-set-up";

export const metadata: Metadata = { title: "Set up an institution" };

/** What the mail of a sign-up opens. Opening it makes nothing: mail scanners open links too, so only the press does (T25). */
export default async function ContinueSignUpPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token } = await searchParams;
  return (
    <>
      <Title lede="One press makes it, makes you its first owner, and signs you in. This link works once.">Set up your institution</Title>
      <PressToSetUp token={token ?? ""} />
    </>
  );
}
