import Link from "next/link";
import type { ReactNode } from "react";
import { PlainPage } from "@/app/_components/plain-page";
import { SignOut } from "@/app/_components/sign-out";

export default function AccountLayout({ children }: { children: ReactNode }) {
  return (
    <PlainPage width="middle" place="Your account" beside={<SignOut />} foot={<Link href="/institutions">Your institutions</Link>}>
      {children}
    </PlainPage>
  );
}
