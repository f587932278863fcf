"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

const LINKS = [
  { href: "/vendor", word: "Queue" },
  { href: "/vendor/institutions", word: "Institutions" },
  { href: "/vendor/approvals", word: "Approvals" },
  { href: "/vendor/runs", word: "Runs" },
  { href: "/vendor/jobs", word: "Jobs" },
  { href: "/vendor/limits", word: "Limits" },
  { href: "/vendor/audit", word: "Audit" },
] as const;
const STAFF = { href: "/vendor/staff", word: "Staff" } as const;

/** The pages of the staff console; the one that is open is marked. */
export function StaffNav({ mayManageStaff }: { mayManageStaff: boolean }) {
  const path = usePathname();
  const links = mayManageStaff ? [...LINKS, STAFF] : LINKS;
  const open = links.findLast(({ href }) => path === href || path.startsWith(`${href}/`));
  return (
    <nav className="envbar staff-nav" aria-label="Staff console">
      <div className="switch">
        {links.map((link) => (
          <Link key={link.href} href={link.href} aria-current={link === open ? "page" : undefined}>
            <span className="env">{link.word}</span>
          </Link>
        ))}
      </div>
    </nav>
  );
}
