import Link from "next/link";
import type { ReactNode } from "react";
import { AccountLink } from "@/app/_components/account-link";
import type { NavGroup } from "@/app/_components/navigation";
import { PlainPage } from "@/app/_components/plain-page";
import { SignOut } from "@/app/_components/sign-out";
import { api, asked } from "@/app/_trpc/server";
import { staffCan } from "@/server/auth/permissions";

/** The console of the vendor's own people: institutions and how their runs stand, never a roster. */
export default async function VendorLayout({ children }: { children: ReactNode }) {
  const { account, institutions, staffRole } = await asked((await api()).session.get());
  return (
    <PlainPage
      width="wide"
      home="/vendor"
      place="Staff console"
      askInstead={null}
      beside={
        <>
          {institutions.length > 0 ? (
            <Link className="iconlink" href="/institutions">
              Your institutions
            </Link>
          ) : null}
          <AccountLink account={account} />
          <SignOut />
        </>
      }
      nav={{ name: "Staff console", groups: pagesOf(staffRole !== null && staffCan(staffRole, "staff:manage")) }}
      foot={
        <>
          <span>No roster is shown here, but for a few records of a promotion, each look told to its institution.</span>
          <Link href="/help/codes">What each finding means</Link>
        </>
      }
    >
      {children}
    </PlainPage>
  );
}

const pagesOf = (mayManageStaff: boolean): readonly NavGroup[] => [
  {
    title: null,
    links: [
      { href: "/vendor", word: "Queue", exact: true },
      { href: "/vendor/institutions", word: "Institutions" },
      { href: "/vendor/approvals", word: "Approvals" },
      { href: "/vendor/runs", word: "Runs" },
      { href: "/vendor/jobs", word: "Jobs" },
    ],
  },
  {
    title: "Control",
    links: [
      { href: "/vendor/limits", word: "Limits" },
      { href: "/vendor/certificates", word: "Deleted" },
      ...(mayManageStaff ? [{ href: "/vendor/staff", word: "Staff" }] : []),
      { href: "/vendor/audit", word: "Audit" },
    ],
  },
];
