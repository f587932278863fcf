import Link from "next/link";
import type { ReactNode } from "react";
import { PlainPage } from "@/app/_components/plain-page";

export default function SignInLayout({ children }: { children: ReactNode }) {
  return (
    <PlainPage
      width="narrow"
      askInstead="the person who runs Rollcall where you work"
      foot={<Link href="/help/codes">What each finding means</Link>}
    >
      {children}
    </PlainPage>
  );
}
