import Link from "next/link";
import type { ReactNode } from "react";
import { PlainPage } from "@/app/_components/plain-page";

export default function SignInLayout({ children }: { children: ReactNode }) {
  return (
    <PlainPage
      width="narrow"
      foot={
        <>
          <span>If you cannot sign in, ask the person who runs Rollcall at your institution.</span>
          <Link href="/help/codes">What each finding means</Link>
        </>
      }
    >
      {children}
    </PlainPage>
  );
}
