import type { Metadata } from "next";
import { ownPath } from "@/app/_components/own-path";
import { Title } from "@/app/_components/page-head";
import { api, asked } from "@/app/_trpc/server";
import { Enrol } from "./enrol";
import { Enter } from "./enter";
import { Factors } from "./factors";

export const metadata: Metadata = { title: "Second factor" };

/** The vendor's people confirm that it is they: the mail was the first factor, this is the second. */
export default async function StaffSignInPage({ searchParams }: { searchParams: Promise<{ to?: string }> }) {
  const to = ownPath((await searchParams).to ?? "/vendor");
  const state = await asked((await api()).secondFactor.get());
  if (state.givenUntil !== null) {
    return (
      <>
        <Title lede="The staff console is open in this browser. What you can confirm yourself with stands below.">It is you.</Title>
        <Factors state={state} to={to} />
      </>
    );
  }
  if (state.kinds.length === 0) {
    return (
      <>
        <Title lede="The staff console shows every institution, so a mailbox alone does not open it. Choose what you confirm yourself with from now on.">
          Set up your second factor
        </Title>
        <Enrol passkeys={state.passkeysArePossible} to={to} />
      </>
    );
  }
  return (
    <>
      <Title lede={`You are signed in as ${state.email}. The staff console asks for one thing more; it then stays open for 12 hours.`}>
        Confirm that it is you
      </Title>
      <Enter kinds={state.kinds} passkeys={state.passkeysArePossible} to={to} />
    </>
  );
}
