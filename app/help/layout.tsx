import Link from "next/link";
import type { ReactNode } from "react";
import { PlainPage } from "@/app/_components/plain-page";

/** Help is for everyone, signed in or not: it names no institution and nobody. */
export default function HelpLayout({ children }: { children: ReactNode }) {
  return (
    <PlainPage width="middle" place="Help" foot={<Link href="/help/codes">All findings</Link>}>
      {children}
    </PlainPage>
  );
}
