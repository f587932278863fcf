import Link from "next/link";
import type { ReactNode } from "react";
import { AccountLink } from "@/app/_components/account-link";
import { PlainPage } from "@/app/_components/plain-page";
import { SignOut } from "@/app/_components/sign-out";
import { api, asked } from "@/app/_trpc/server";

export default async function InstitutionsLayout({ children }: { children: ReactNode }) {
  const { account } = await asked((await api()).session.get());
  return (
    <PlainPage
      width="middle"
      beside={
        <>
          <AccountLink account={account} />
          <SignOut />
        </>
      }
      foot={<Link href="/help/codes">What each finding means</Link>}
    >
      {children}
    </PlainPage>
  );
}
